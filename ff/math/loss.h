// The losses in closed form, of one row: z is how far it is on the wrong side. No LibTorch, as
// CUDA's compiler reads it too.
#pragma once

#include <cmath>

#include "ff/math/type_list.h"

namespace ff::fused {

struct SoftplusLoss {
  static constexpr const char* name = "softplus";
  template <class T>
  FF_HD static T value(T z) {
    return z > 0 ? z + std::log1p(std::exp(-z)) : std::log1p(std::exp(z));
  }
  template <class T>
  FF_HD static T slope(T z) {
    return 1 / (1 + std::exp(-z));
  }
};

struct ReluLoss {
  static constexpr const char* name = "relu";
  template <class T>
  FF_HD static T value(T z) {
    return z > 0 ? z : T(0);
  }
  template <class T>
  FF_HD static T slope(T z) {
    return z > 0 ? T(1) : T(0);
  }
};

/// Of a pair: z is by how much its negative has more goodness than its positive.
struct SymbaLoss : SoftplusLoss {
  static constexpr const char* name = "symba";
};

using Losses = Types<SoftplusLoss, ReluLoss>;
using PairedLosses = Types<SymbaLoss>;  // which the engine for GPUs does without

}  // namespace ff::fused
