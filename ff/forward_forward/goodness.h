// Goodness: how strongly a layer responds to a row (Hinton 2022, arXiv 2212.13345, section 2).
#pragma once

#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

namespace ff {

struct Goodness {
  const char* name;
  at::Tensor (*of)(const at::Tensor& activations);  // (N, D) -> (N)
  // Goodness as this factor times the row's sum of squares, for the fused engine; null: none such.
  double (*scale)(double width) = nullptr;
};

/// mean-square: mean of a^2 over units (the talk's); sum-square: the paper's sum of squares.
const std::vector<Goodness>& goodnesses();
const Goodness& find_goodness(const std::string& name);

/// Adds one; at the beginning of main(), as the first use of the list closes it. Throws
/// std::logic_error when it is too late, or the name is taken.
void register_goodness(Goodness goodness);

}  // namespace ff
