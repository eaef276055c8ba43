// The input normalisations in closed form: the factor that scales a sample, given its sum of
// squares. Free of LibTorch; compiles with nvcc.
#pragma once

#include <cmath>

#include "ff/math/type_list.h"

namespace ff::fused {

struct L2Length {
  static constexpr const char* name = "l2";
  template <class T>
  FF_HD static T factor(T sum_of_squares, T, T epsilon) {
    return 1 / (std::sqrt(sum_of_squares) + epsilon);
  }
};

struct RmsLength {
  static constexpr const char* name = "rms";
  template <class T>
  FF_HD static T factor(T sum_of_squares, T width, T epsilon) {
    return 1 / (std::sqrt(sum_of_squares / width) + epsilon);
  }
};

struct UnchangedLength {
  static constexpr const char* name = "none";
  template <class T>
  FF_HD static T factor(T, T, T) {
    return 1;
  }
};

using LengthNormalizations = Types<L2Length, RmsLength, UnchangedLength>;

}  // namespace ff::fused
