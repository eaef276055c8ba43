// The programming model of the kernels: a block of threads with shared memory and barriers. A
// kernel is written once, as a function of a Block; nvcc compiles it for the GPU, and the host runs
// the same blocks and threads in loops (ff/engines/gpu/emulated_device.h). No LibTorch.
//
// Kernels are written per thread block; thread-level code is in each(), which ends with a barrier.
// On the host, a race between two barriers thus shows as a result that depends on the order of the
// threads. Code outside each() must not read what the next each() writes: on a GPU every thread
// executes it, and some threads may be ahead.
#pragma once

#include <cstdint>
#include <limits>

#include "ff/math/host_device_code.h"

namespace ff::gpu {

/// Threads per block, for all kernels.
inline constexpr int kThreads = 256;

class Block {
 public:
  std::int64_t index;  // blockIdx.x

  /// Order of the threads on the host: (first + i * stride) mod kThreads, with odd stride.
  int first = 0;
  int stride = 1;

  /// Runs f(t) for every thread t, followed by a barrier.
  template <class F>
  FF_HD void each(const F& f) const {
#ifdef __CUDA_ARCH__
    f(static_cast<int>(threadIdx.x));
    __syncthreads();
#else
    for (int i = 0; i < kThreads; ++i) f((first + i * stride) % kThreads);
#endif
  }
};

/// A per-thread variable that persists from one each() to the next.
template <class T>
class PerThread {
 public:
#ifdef __CUDA_ARCH__
  FF_HD T& operator[](int) { return value_; }
  FF_HD const T& operator[](int) const { return value_; }

 private:
  T value_;
#else
  FF_HD T& operator[](int thread) { return values_[thread]; }
  FF_HD const T& operator[](int thread) const { return values_[thread]; }

 private:
  T values_[kThreads];
#endif
};

/// Declares shared memory. It is uninitialised; on the host it is filled with NaN to expose reads
/// before the first write.
#ifdef __CUDA_ARCH__
#define FF_SHARED(type, name, count) __shared__ type name[count]
#else
#define FF_SHARED(type, name, count) \
  type name[count];                  \
  for (auto& entry : name) entry = std::numeric_limits<type>::quiet_NaN()
#endif

inline constexpr int kParts = 16;                     // partial results of a block reduction
inline constexpr int kSumMemory = kThreads + kParts;  // shared memory for block_join, in entries

/// Block reduction of `value` with `join`, in an order that does not depend on the device: each of
/// kParts threads joins every kParts-th value, then all threads join the parts. `memory` is shared
/// memory of kSumMemory entries, whose previous content must no longer be needed.
template <class T, class Join>
FF_HD T block_join(const Block& block, const PerThread<T>& value, T* memory, const Join& join) {
  T* parts = memory + kThreads;
  block.each([&](int t) { memory[t] = value[t]; });
  block.each([&](int t) {
    if (t >= kParts) return;
    T joined = memory[t];
    for (int i = t + kParts; i < kThreads; i += kParts) joined = join(joined, memory[i]);
    parts[t] = joined;
  });
  T total = parts[0];
  for (int p = 1; p < kParts; ++p) total = join(total, parts[p]);
  return total;
}

template <class T>
FF_HD T block_sum(const Block& block, const PerThread<T>& value, T* memory) {
  return block_join(block, value, memory, [](T a, T b) { return a + b; });
}

template <class T>
FF_HD T block_max(const Block& block, const PerThread<T>& value, T* memory) {
  return block_join(block, value, memory, [](T a, T b) { return a > b ? a : b; });
}

}  // namespace ff::gpu
