// How an options struct lists its fields once, so that whoever reads, prints, checks or documents
// them (JSON, the command line, a schema) derives it from that one list. Knows no JSON.
//
//   struct AdamOptions {
//     double learning_rate = 0.1;
//     template <class Self, class Visitor>
//     static void fields(Self& self, Visitor& visit) {
//       visit("learning_rate", self.learning_rate, above(0), "Step size.");
//     }
//   };
//
// A member may be bool, int64, double, string, std::optional of these, std::vector of numbers, a
// NumberOr<word>, a struct with fields of its own (visited without a rule), or a std::vector of
// such structs (visited with its sentence alone), each of which names its kind in a field that is a
// tag; fields visited after the tag may depend on it. variants() gives one of each kind.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace ff {

/// What a field's value (or each entry of a list) may be.
struct Rule {
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
  bool open_min = false;           // min itself is not allowed
  bool open_max = false;           // max itself is not allowed
  std::vector<std::string> words;  // the allowed words, if any
  bool may_be_empty = true;        // for lists and strings
  bool must_be_given = false;      // there is no default
  bool is_tag = false;             // which other fields there are depends on it
};

inline Rule any() { return {}; }
inline Rule at_least(double min) { return {.min = min}; }
inline Rule above(double min) { return {.min = min, .open_min = true}; }
inline Rule between(double min, double max) { return {.min = min, .max = max}; }
/// min <= value < max
inline Rule from_below(double min, double max) {
  return {.min = min, .max = max, .open_max = true};
}
inline Rule one_of(std::vector<std::string> words) { return {.words = std::move(words)}; }
inline Rule nonempty(Rule rule) {
  rule.may_be_empty = false;
  return rule;
}
inline Rule required(Rule rule) {
  rule.must_be_given = true;
  return rule;
}
inline Rule tag(std::vector<std::string> words) {
  return {.words = std::move(words), .must_be_given = true, .is_tag = true};
}

/// A number, or one of the words that the field's rule allows ("width", "max").
struct NumberOrWord {
  double number = 0;
  std::string word;  // empty: the number holds

  NumberOrWord() = default;
  NumberOrWord(double value) : number(value) {}     // NOLINT: reads as a value
  NumberOrWord(const char* value) : word(value) {}  // NOLINT
  bool is_word() const { return !word.empty(); }
  bool operator==(const NumberOrWord&) const = default;
};

}  // namespace ff
