// What the kernels on rows share.
#pragma once

#include "ff/fused/bfloat16.h"
#include "ff/fused/math_activation.h"
#include "ff/fused/math_loss.h"
#include "ff/fused/math_normalize.h"
#include "ff/gpu/block.h"

namespace ff::gpu {

using fused::BFloat16;
using fused::Losses;
using fused::RowNormalizations;
using fused::portable::Activations;

/// A normalisation of rows: what a row is multiplied by.
template <class T>
struct RowScale {
  int normalization = 0;  // an index into RowNormalizations
  T epsilon = 0;

  FF_HD T of(T sum_of_squares, std::int64_t width) const {
    T factor = 1;
    RowNormalizations::with(normalization, [&](auto rows) {
      factor = decltype(rows)::factor(sum_of_squares, static_cast<T>(width), epsilon);
    });
    return factor;
  }
};

/// The sum over j < width of value(j)^2, for the whole block.
template <class T, class Value>
FF_HD T sum_of_squares(const Block& block, std::int64_t width, const Value& value) {
  FF_SHARED(T, memory, kSumMemory);
  PerThread<T> squares;
  block.each([&](int t) {
    T sum = 0;
    for (std::int64_t j = t; j < width; j += kThreads) {
      const T v = value(j);
      sum += v * v;
    }
    squares[t] = sum;
  });
  return block_sum(block, squares, memory);
}

}  // namespace ff::gpu
