// Length normalisation of a layer's input. It removes the length of the activity vector, which
// carries the previous layer's goodness, and keeps only its direction (Hinton 2022, arXiv
// 2212.13345, section 2.1).
#pragma once

#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

namespace ff {

struct LengthNormalization {
  const char* name;
  at::Tensor (*apply)(const at::Tensor& x, double epsilon);  // (N, D) -> (N, D)
  // Returns the scale of a sample, given its sum of squares, for the fused engines; null if the
  // normalisation is not a scale.
  double (*factor)(double sum_of_squares, double width, double epsilon);
};

/// Returns l2: x / (||x||_2 + eps); rms: x / (sqrt(mean(x^2)) + eps); none: x.
const std::vector<LengthNormalization>& length_normalizations();
const LengthNormalization& find_length_normalization(const std::string& name);

}  // namespace ff
