// How much memory tensors take: what LibTorch hands out, without the program, its libraries and the
// data it was started with.
#pragma once

#include <cstdint>
#include <functional>

namespace ff {

/// Bytes that tensors made by this thread held while `work` ran, above what they held before.
struct TensorMemory {
  std::int64_t peak = 0;   // at most
  std::int64_t after = 0;  // when it ended
};

/// Runs `work` and counts. CPU tensors only; autograd's work on the calling thread included.
TensorMemory measure_tensors(const std::function<void()>& work);

}  // namespace ff
