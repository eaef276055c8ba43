// Whether an engine keeps what frozen layers give in the sequential schedule, computed once for
// each layer, or computes it for every batch: the one answer for a CPU and a GPU.
#pragma once

#include <cstddef>
#include <cstdint>

namespace ff {

struct FrozenCache {
  std::int64_t mib = 0;      // fused.cache_mib, of all networks that train together
  bool inputs_stay = false;  // an epoch's positives and negatives are those of the one before

  /// Whether so many numbers, of `bytes_each`, may be kept at a time.
  bool may_keep(std::int64_t numbers, std::size_t bytes_each) const {
    const auto bytes = static_cast<double>(numbers) * static_cast<double>(bytes_each);
    return inputs_stay && bytes <= static_cast<double>(mib) * (1 << 20);
  }
};

}  // namespace ff
