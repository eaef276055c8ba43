// Memory used by CPU tensors: bytes from LibTorch's allocator, without the process's code,
// libraries and data loaded before.
#pragma once

#include <cstdint>
#include <functional>

namespace ff {

/// Bytes allocated by this thread's tensors while `work` ran, relative to the start.
struct TensorMemory {
  std::int64_t peak = 0;   // maximum
  std::int64_t after = 0;  // at the end
};

/// Runs `work` and measures the allocations of the calling thread, including autograd's on it. CPU
/// tensors only.
TensorMemory measure_tensors(const std::function<void()>& work);

}  // namespace ff
