// tanh and the logistic function of float, written so that compilers make vectors of them: the
// library's take one number at a time. Right to 1.5 and 2.5 units in the last place. No LibTorch.
//
// FF_ISA is the namespace, one for each set of instructions that the code is compiled for.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

#include "ff/math/type_list.h"

#ifndef FF_ISA
#define FF_ISA portable
#endif

namespace ff::fused::FF_ISA {

/// exp(y) for |y| <= 80: 2^n exp(r), n the nearest whole number to y / ln 2, and |r| <= ln 2 / 2.
inline float exp_within_80(float y) {
  // A float so large has no fraction: adding it rounds, and its last bits are n.
  constexpr float kRound = 12582912.0F;  // 1.5 * 2^23
  const float shifted = y * 1.44269504089F + kRound;
  const float n = shifted - kRound;
  // ln 2 in two parts, of which the first times n is exact.
  const float r = (y - n * 0.693359375F) - n * -2.12194440e-4F;
  // (exp(r) - 1 - r) / r^2 by a polynomial, to 3e-9 of exp(r); a minimax fit.
  const float rest =
      0.5F + r * (0.1666651815F + r * (0.0416662060F + r * (0.0083689531F + r * 0.0013950602F)));
  const auto power = (std::bit_cast<std::uint32_t>(shifted) << 23) + 0x3F800000U;
  return (1.0F + (r + r * r * rest)) * std::bit_cast<float>(power);
}

inline float tanh_in_vectors(float x) {
  const float size = std::fabs(x), square = x * x;
  // (tanh(x) - x) / x^3 by a polynomial in x^2, to 4e-9 of tanh(x) below 0.625; a minimax fit.
  const float rest =
      -0.33333281F +
      square *
          (0.13331442F + square * (-0.05373972F + square * (0.02063909F + square * -0.00570499F)));
  const float small = x + x * square * rest;
  const float bounded = size < 10.0F ? size : 10.0F;  // from 9.02 on tanh is 1
  const float large = std::copysign(1.0F - 2.0F / (exp_within_80(2.0F * bounded) + 1.0F), x);
  const float y = size < 0.625F ? small : large;
  return x != x ? x : y;  // NaN
}

inline float sigmoid_in_vectors(float x) {
  const float above = x > -80.0F ? x : -80.0F;
  const float bounded = above < 80.0F ? above : 80.0F;
  const float y = 1.0F / (1.0F + exp_within_80(-bounded));
  return x != x ? x : y;
}

}  // namespace ff::fused::FF_ISA
