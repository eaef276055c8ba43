#include "experiments/config/reader.h"

#include <algorithm>
#include <numeric>

#include "experiments/learners.h"
#include "ff/core/find_choice.h"

namespace ff::experiments {
namespace {

// Levenshtein distance, one row of the table at a time.
std::size_t edit_distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const auto replaced = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row.back();
}

}  // namespace

std::string shown(const Json& value) {
  constexpr std::size_t kLongest = 60;
  const auto text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
  return printable(text, kLongest);
}

std::string nearest(const std::string& word, const std::vector<std::string>& known) {
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const auto& candidate : known) {
    const auto distance = edit_distance(word, candidate);
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

std::vector<std::string> Reader::rule_names() { return names_of(learner_kinds()); }

void Reader::refuse_unknown_keys() const {
  if (!kind_is_known_) return;
  for (const auto& item : object_.items()) {
    if (std::find(known_.begin(), known_.end(), item.key()) != known_.end()) continue;
    const auto near = nearest(item.key(), known_);
    problems_.add(path_to(item.key()),
                  "unknown key; " + (near.empty() ? "" : "did you mean '" + near + "'? ") +
                      "allowed: " + (known_.empty() ? "none" : joined(known_)));
  }
}

}  // namespace ff::experiments
