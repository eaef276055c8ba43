// Reflection for options structs: a struct lists its fields once, and the JSON reader and writer,
// the command line, the checks and the schema are derived from that list. This header does not
// depend on JSON.
//
//   struct AdamOptions {
//     double learning_rate = 0.1;
//     template <class Self, class Visitor>
//     static void fields(Self& self, Visitor& visit) {
//       visit("learning_rate", self.learning_rate, above(0), "Step size.");
//     }
//   };
//
// A member may be bool, int64, double, string, a std::optional of these, a std::vector of numbers,
// a NumberOrWord, a nested struct that has fields() (visited without a rule), or a std::vector of
// such structs (visited with its help text only). A struct in a vector names its kind in a tag
// field; the fields visited after the tag may depend on it. variants() returns one struct of each
// kind.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace ff {

/// Constraints on the value of a field, or on each entry of a list.
struct Rule {
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
  bool open_min = false;           // exclusive lower bound
  bool open_max = false;           // exclusive upper bound
  std::vector<std::string> words;  // allowed words; empty if the value is not a word
  bool may_be_empty = true;        // for lists and strings
  bool must_be_given = false;      // required: the field has no default
  bool is_tag = false;             // the set of the other fields depends on this value
};

inline Rule any() { return {}; }
inline Rule at_least(double min) { return {.min = min}; }
inline Rule above(double min) { return {.min = min, .open_min = true}; }
inline Rule between(double min, double max) { return {.min = min, .max = max}; }
/// Half-open range: min <= value < max.
inline Rule half_open(double min, double max) { return {.min = min, .max = max, .open_max = true}; }
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

/// A number, or one of the words allowed by the field's rule ("width", "max").
struct NumberOrWord {
  double number = 0;
  std::string word;  // if empty, `number` is the value

  NumberOrWord() = default;
  NumberOrWord(double value) : number(value) {}     // NOLINT: implicit conversion
  NumberOrWord(const char* value) : word(value) {}  // NOLINT
  bool is_word() const { return !word.empty(); }
  bool operator==(const NumberOrWord&) const = default;
};

}  // namespace ff
