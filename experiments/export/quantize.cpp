#include "experiments/export/quantize.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace ff::experiments {
namespace {

std::int32_t bfloat16_bits(float x) {
  const auto bits = std::bit_cast<std::uint32_t>(x);
  return static_cast<std::int32_t>((bits + 0x7FFFU + ((bits >> 16) & 1U)) >> 16);
}

void store_bytes(const EdgeLayer& layer, StoredWeights& to) {
  const auto in = static_cast<std::size_t>(layer.in);
  for (std::size_t begin = 0; begin < layer.weight.size(); begin += in) {
    float most = 1e-30F;
    for (std::size_t i = 0; i < in; ++i) most = std::max(most, std::abs(layer.weight[begin + i]));
    const float scale = most / 127;
    to.scales.push_back(scale);
    for (std::size_t i = 0; i < in; ++i) {
      const auto rounded = std::lround(layer.weight[begin + i] / scale);
      to.values.push_back(static_cast<std::int32_t>(std::clamp(rounded, -127L, 127L)));
    }
  }
}

}  // namespace

StoredWeights stored(const EdgeNet& net) {
  StoredWeights weights;
  for (const auto& layer : net.layers) {
    if (net.storage == EdgeStorage::kInt8) store_bytes(layer, weights);
    if (net.storage != EdgeStorage::kBfloat16) continue;
    for (const auto x : layer.weight) weights.values.push_back(bfloat16_bits(x));
  }
  return weights;
}

EdgeNet as_stored(const EdgeNet& net) {
  const auto weights = stored(net);
  auto result = net;
  std::size_t at = 0, unit = 0;
  for (auto& layer : result.layers) {
    for (std::size_t i = 0; i < layer.weight.size(); ++i, ++at) {
      if (net.storage == EdgeStorage::kBfloat16) {
        const auto bits = static_cast<std::uint32_t>(weights.values[at]) << 16;
        layer.weight[i] = std::bit_cast<float>(bits);
      } else if (net.storage == EdgeStorage::kInt8) {
        const auto row = unit + i / static_cast<std::size_t>(layer.in);
        layer.weight[i] = static_cast<float>(weights.values[at]) * weights.scales[row];
      }
    }
    unit += static_cast<std::size_t>(layer.out);
  }
  return result;
}

}  // namespace ff::experiments
