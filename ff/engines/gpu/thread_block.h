// What a kernel sees of the machine: a block of threads, memory they share, and barriers. A kernel
// is written once, as a function of a Block; CUDA's compiler makes a GPU's kernel of it, the
// host's runs the same blocks and threads in loops (ff/engines/gpu/emulated_device.h). No LibTorch.
//
// The code of a kernel is the block's, as if one hand moved all threads; what single threads do
// stands in `each`, which ends in a barrier. So on the host a thread that looks at what another
// writes between the same two barriers is seen: the result changes with the order of the threads.
// The block's own code must not read what the next `each` writes: on a GPU every thread runs it,
// and some are ahead.
#pragma once

#include <cstdint>
#include <limits>

#include "ff/math/host_device_code.h"

namespace ff::gpu {

/// Threads of every block.
inline constexpr int kThreads = 256;

class Block {
 public:
  std::int64_t index;  // of this block in the grid

  /// The order in which a host runs the threads: (first + i * stride) mod kThreads, stride odd.
  int first = 0;
  int stride = 1;

  /// Calls f(t) for every thread t, and waits until all have done it.
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

/// A variable that every thread of a block has for itself, from one `each` to the next.
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

/// Declares memory that the threads of a block share. Its content is undefined at first: on the
/// host NaN, so that reading it before writing shows.
#ifdef __CUDA_ARCH__
#define FF_SHARED(type, name, count) __shared__ type name[count]
#else
#define FF_SHARED(type, name, count) \
  type name[count];                  \
  for (auto& entry : name) entry = std::numeric_limits<type>::quiet_NaN()
#endif

inline constexpr int kParts = 16;                     // sums on the way to a block's sum
inline constexpr int kSumMemory = kThreads + kParts;  // entries that block_join needs

/// `value` of all threads as one, in an order that does not depend on the machine: each of kParts
/// threads joins every kParts-th value, then all join the parts. `memory` is shared, kSumMemory
/// entries; every thread's code must have read what it holds.
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
