// Vectorisable tanh and sigmoid of float: branch-free, so that compilers emit SIMD code, where
// calls to the C library would be scalar. Errors of at most 1.5 ulp (tanh) and 2.5 ulp (sigmoid).
// Free of LibTorch.
//
// FF_ISA is the namespace: one per instruction set that the code is compiled for.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

#include "ff/math/type_list.h"

#ifndef FF_ISA
#define FF_ISA portable
#endif

namespace ff::fused::FF_ISA {

/// exp(y) for |y| <= 80, as 2^n exp(r): n is the integer nearest to y / ln 2, |r| <= ln 2 / 2.
inline float exp_within_80(float y) {
  // Adding 1.5 * 2^23 rounds to an integer, which ends up in the lowest mantissa bits.
  constexpr float kRound = 12582912.0F;
  const float shifted = y * 1.44269504089F + kRound;
  const float n = shifted - kRound;
  // Cody-Waite reduction: ln 2 in two parts, so that n times the first is exact.
  const float r = (y - n * 0.693359375F) - n * -2.12194440e-4F;
  // (exp(r) - 1 - r) / r^2, minimax polynomial; error 3e-9 relative to exp(r).
  const float rest =
      0.5F + r * (0.1666651815F + r * (0.0416662060F + r * (0.0083689531F + r * 0.0013950602F)));
  const auto power = (std::bit_cast<std::uint32_t>(shifted) << 23) + 0x3F800000U;
  return (1.0F + (r + r * r * rest)) * std::bit_cast<float>(power);
}

inline float tanh_in_vectors(float x) {
  const float size = std::fabs(x), square = x * x;
  // (tanh(x) - x) / x^3, minimax polynomial in x^2; relative error of tanh 4e-9 below 0.625.
  const float rest =
      -0.33333281F +
      square *
          (0.13331442F + square * (-0.05373972F + square * (0.02063909F + square * -0.00570499F)));
  const float small = x + x * square * rest;
  const float bounded = size < 10.0F ? size : 10.0F;  // tanh rounds to 1 from 9.02 on
  const float large = std::copysign(1.0F - 2.0F / (exp_within_80(2.0F * bounded) + 1.0F), x);
  const float y = size < 0.625F ? small : large;
  return x != x ? x : y;  // propagate NaN
}

inline float sigmoid_in_vectors(float x) {
  const float above = x > -80.0F ? x : -80.0F;
  const float bounded = above < 80.0F ? above : 80.0F;
  const float y = 1.0F / (1.0F + exp_within_80(-bounded));
  return x != x ? x : y;
}

}  // namespace ff::fused::FF_ISA
