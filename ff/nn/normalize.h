// Normalisation of a layer's input rows: it removes the length, which is the previous layer's
// goodness, and leaves only the direction (Hinton 2022, arXiv 2212.13345, section 2.1).
#pragma once

#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

namespace ff {

struct RowNormalization {
  const char* name;
  at::Tensor (*apply)(const at::Tensor& x, double epsilon);  // (N, D) -> (N, D)
  // What a row of this sum of squares is multiplied by, for the fused engine; null: none such.
  double (*factor)(double sum_of_squares, double width, double epsilon);
};

/// l2: x / (||x||_2 + eps); rms: x / (sqrt(mean(x^2)) + eps); none: x.
const std::vector<RowNormalization>& row_normalizations();
const RowNormalization& find_row_normalization(const std::string& name);

}  // namespace ff
