// The losses in closed form, per sample, as functions of z, the amount by which the sample is on
// the wrong side of the threshold: z = theta - g for a positive sample, z = g - theta for a
// negative one. Free of LibTorch; compiles with nvcc.
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

/// Per pair: z is the negative sample's goodness minus the positive sample's.
struct SymbaLoss : SoftplusLoss {
  static constexpr const char* name = "symba";
};

using Losses = Types<SoftplusLoss, ReluLoss>;
using PairedLosses = Types<SymbaLoss>;  // not implemented by the GPU engine

}  // namespace ff::fused
