// Helpers shared by the per-sample kernels: normalisation, dropout, reductions.
#pragma once

#include "ff/engines/gpu/thread_block.h"
#include "ff/math/activation.h"
#include "ff/math/bfloat16.h"
#include "ff/math/loss.h"
#include "ff/math/normalize.h"

namespace ff::gpu {

using fused::BFloat16;
using fused::LengthNormalizations;
using fused::Losses;
using fused::portable::Activations;

/// Length normalisation of a sample: the factor to multiply it by.
template <class T>
struct RowScale {
  int normalization = 0;  // index into LengthNormalizations
  T epsilon = 0;

  FF_HD T of(T sum_of_squares, std::int64_t width) const {
    T factor = 1;
    LengthNormalizations::with(normalization, [&](auto rows) {
      factor = decltype(rows)::factor(sum_of_squares, static_cast<T>(width), epsilon);
    });
    return factor;
  }
};

/// Index of the current batch in the epoch. In device memory, because a captured graph's arguments
/// are fixed.
struct Cursor {
  std::int64_t batch;
};

/// One step and the finalizer of splitmix64 (Steele, Lea & Flood 2014).
FF_HD inline std::uint64_t mixed(std::uint64_t x) {
  x *= 0x9E3779B97F4A7C15;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
  return x ^ (x >> 31);
}

/// Dropout as in ff/nn/dropout.h. The mask is a hash of the unit's index and the step's seed, so
/// that it is recomputed for the backward pass rather than stored.
template <class T>
struct Dropout {
  /// The dropout of one step.
  struct Units {
    bool any;
    std::uint64_t key;
    T below, scale;

    /// Returns the factor of unit `place` of the pass: 0 or `scale`.
    FF_HD T operator[](std::int64_t place) const {
      if (!any) return T(1);
      const auto bits = mixed(key + static_cast<std::uint64_t>(place)) >> 40;
      return static_cast<T>(bits) < below ? scale : T(0);
    }
  };

  const std::int64_t* seeds = nullptr;  // (batches); null: no dropout
  const Cursor* cursor = nullptr;
  std::int64_t pass = 0;  // distinguishes the layers and passes of a step
  T kept = 1;             // probability of keeping a unit, 1 - p
  T scale = 1;            // scale of kept units

  /// Returns the dropout of the current step; call once per block.
  FF_HD Units units() const {
    if (!seeds) return {false, 0, T(0), T(1)};
    const auto key = mixed(static_cast<std::uint64_t>(seeds[cursor->batch]) + mixed(pass + 1));
    return {true, key, kept * static_cast<T>(1 << 24), scale};
  }
};

inline constexpr int kColumns = 32;                 // columns per block
inline constexpr int kLanes = kThreads / kColumns;  // threads per column

/// Column sums: sums value(r, j) over rows r < rows, for the block's kColumns columns j from
/// `begin` on (j < width). Calls use(j, sum) in one thread per column.
template <class T, class Value, class Use>
FF_HD void sum_columns(const Block& block,
                       std::int64_t begin,
                       std::int64_t width,
                       std::int64_t rows,
                       const Value& value,
                       const Use& use) {
  FF_SHARED(T, sums, kThreads);
  block.each([&](int t) {
    const auto j = begin + t % kColumns;
    T sum = 0;
    for (std::int64_t r = t / kColumns; j < width && r < rows; r += kLanes) sum += value(r, j);
    sums[t] = sum;
  });
  block.each([&](int t) {
    if (t >= kColumns || begin + t >= width) return;
    T sum = 0;
    for (int lane = 0; lane < kLanes; ++lane) sum += sums[lane * kColumns + t];
    use(begin + t, sum);
  });
}

/// Block reduction: returns the sum over j < width of value(j) to all threads.
template <class T, class Value>
FF_HD T sum_of(const Block& block, std::int64_t width, const Value& value) {
  FF_SHARED(T, memory, kSumMemory);
  PerThread<T> sums;
  block.each([&](int t) {
    T sum = 0;
    for (std::int64_t j = t; j < width; j += kThreads) sum += value(j);
    sums[t] = sum;
  });
  return block_sum(block, sums, memory);
}

/// Block reduction: returns the sum over j < width of value(j)^2 to all threads.
template <class T, class Value>
FF_HD T sum_of_squares(const Block& block, std::int64_t width, const Value& value) {
  return sum_of<T>(block, width, [&](std::int64_t j) {
    const T v = value(j);
    return v * v;
  });
}

}  // namespace ff::gpu
