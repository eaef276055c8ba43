#include "ff/nn/layer_choice.h"

#include <numeric>
#include <set>

#include "ff/core/option_error.h"

namespace ff {
namespace {

std::vector<std::int64_t> range(std::int64_t begin, std::int64_t end) {
  std::vector<std::int64_t> layers(end - begin);
  std::iota(layers.begin(), layers.end(), begin);
  return layers;
}

}  // namespace

std::string LayerChoice::problem(std::int64_t depth) const {
  if (all || by_validation) return {};
  if (first) {
    if (*first >= 1 && *first <= depth) return {};
    return "the first " + std::to_string(*first) + " layers of " + std::to_string(depth) +
           "; allowed: 1 to " + std::to_string(depth);
  }
  const auto chosen = from ? std::vector<std::int64_t>{*from} : list;
  if (chosen.empty()) return "no layer selected; allowed: one or more";
  std::set<std::int64_t> seen;
  for (const auto layer : chosen) {
    if (layer < 0 || layer >= depth) {
      return "there is no layer " + std::to_string(layer) + "; allowed: 0 to " +
             std::to_string(depth - 1);
    }
    if (!seen.insert(layer).second) {
      return "layer " + std::to_string(layer) + " occurs twice; keep one";
    }
  }
  return {};
}

std::vector<std::int64_t> LayerChoice::of(std::int64_t depth, const std::string& key) const {
  if (const auto text = problem(depth); !text.empty()) {
    throw OptionError({key, text});
  }
  if (all || by_validation) return range(0, depth);
  if (first) return range(0, *first);
  return from ? range(*from, depth) : list;
}

}  // namespace ff
