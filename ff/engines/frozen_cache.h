// FrozenCache: whether an engine may cache the outputs of frozen layers in the sequential schedule,
// computed once per layer, rather than recompute them for every batch. Used by the CPU and GPU
// engines.
#pragma once

#include <cstddef>
#include <cstdint>

namespace ff {

struct FrozenCache {
  std::int64_t mib = 0;       // fused.cache_mib, for all networks trained together
  bool inputs_fixed = false;  // positives and negatives are the same in every epoch

  /// True if `numbers` values of `bytes_each` bytes fit into the cache.
  bool fits_cache(std::int64_t numbers, std::size_t bytes_each) const {
    const auto bytes = static_cast<double>(numbers) * static_cast<double>(bytes_each);
    return inputs_fixed && bytes <= static_cast<double>(mib) * (1 << 20);
  }
};

}  // namespace ff
