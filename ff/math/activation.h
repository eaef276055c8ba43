// The activation functions in closed form, elementwise: a = phi(z) and phi'(z), given z and a. Used
// by the inner loops of the CPU and GPU engines, so this header is free of LibTorch and compiles
// with nvcc.
//
// FF_ISA is the namespace: one per instruction set that the code is compiled for.
#pragma once

#include <cmath>
#include <type_traits>

#include "ff/math/functions.h"
#include "ff/math/type_list.h"

#ifndef FF_ISA
#define FF_ISA portable
#endif

namespace ff::fused::FF_ISA {

struct Relu {
  static constexpr bool needs_input = false;
  static constexpr const char* name = "relu";
  template <class T>
  FF_HD static T value(T z) {
    return z > 0 ? z : T(0);
  }
  template <class T>
  FF_HD static T slope(T, T a) {
    return a > 0 ? T(1) : T(0);
  }
};
struct Tanh {
  static constexpr bool needs_input = false;
  static constexpr const char* name = "tanh";
  template <class T>
  FF_HD static T value(T z) {
#ifndef __CUDA_ARCH__
    if constexpr (std::is_same_v<T, float>) return tanh_in_vectors(z);
#endif
    return std::tanh(z);
  }
  template <class T>
  FF_HD static T slope(T, T a) {
    return 1 - a * a;
  }
};
struct Sigmoid {
  static constexpr bool needs_input = false;
  static constexpr const char* name = "sigmoid";
  template <class T>
  FF_HD static T value(T z) {
#ifndef __CUDA_ARCH__
    if constexpr (std::is_same_v<T, float>) return sigmoid_in_vectors(z);
#endif
    return 1 / (1 + std::exp(-z));
  }
  template <class T>
  FF_HD static T slope(T, T a) {
    return a * (1 - a);
  }
};
struct Softplus {
  static constexpr bool needs_input = false;  // linear above 20, as in PyTorch
  static constexpr const char* name = "softplus";
  template <class T>
  FF_HD static T value(T z) {
    return z > 20 ? z : std::log1p(std::exp(z));
  }
  template <class T>
  FF_HD static T slope(T, T a) {  // phi'(z) = sigmoid(z)
    return a > 20 ? T(1) : -std::expm1(-a);
  }
};
struct Gelu {
  static constexpr bool needs_input = true;
  static constexpr const char* name = "gelu";
  template <class T>
  FF_HD static T cdf(T z) {
    return T(0.5) * (1 + std::erf(z * T(0.70710678118654752440)));
  }
  template <class T>
  FF_HD static T value(T z) {
    return z * cdf(z);
  }
  template <class T>
  FF_HD static T slope(T z, T) {
    return cdf(z) + z * T(0.39894228040143267794) * std::exp(T(-0.5) * z * z);
  }
};

using Activations = Types<Relu, Tanh, Sigmoid, Softplus, Gelu>;

}  // namespace ff::fused::FF_ISA
