#include "ff/nn/layer_choice.h"

#include <numeric>
#include <stdexcept>

namespace ff {
namespace {

std::vector<std::int64_t> range(std::int64_t begin, std::int64_t end) {
  std::vector<std::int64_t> layers(end - begin);
  std::iota(layers.begin(), layers.end(), begin);
  return layers;
}

}  // namespace

std::vector<std::int64_t> LayerChoice::of(std::int64_t depth, const std::string& key) const {
  if (all || by_validation) return range(0, depth);
  if (first) {
    if (*first >= 1 && *first <= depth) return range(0, *first);
    throw std::invalid_argument(key + ": the first " + std::to_string(*first) + " layers of " +
                                std::to_string(depth) + "; allowed: 1 to " + std::to_string(depth));
  }
  const auto check = [&](std::int64_t layer) {
    if (layer >= 0 && layer < depth) return;
    throw std::invalid_argument(key + ": there is no layer " + std::to_string(layer) +
                                "; allowed: 0 to " + std::to_string(depth - 1));
  };
  if (from) {
    check(*from);
    return range(*from, depth);
  }
  for (const auto layer : list) check(layer);
  return list;
}

}  // namespace ff
