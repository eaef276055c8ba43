// Goodness: a layer's scalar response to a sample (Hinton 2022, arXiv 2212.13345, section 2):
//
//   mean-square   g = (1/D) sum_j a_j^2
//   sum-square    g = sum_j a_j^2
#pragma once

#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

namespace ff {

struct Goodness {
  const char* name;
  at::Tensor (*of)(const at::Tensor& activations);  // (N, D) -> (N)
  // Scale q of the closed form g = q * sum_j a_j^2, for the fused engines; null: not of this form.
  double (*scale)(double width) = nullptr;
};

/// Returns mean-square (used by the talk), sum-square (used by the paper), and the registered ones.
const std::vector<Goodness>& goodnesses();
const Goodness& find_goodness(const std::string& name);

/// Registers a goodness. Call it at the beginning of main(): the first lookup closes the list.
/// Throws std::logic_error if the list is closed or the name is taken.
void register_goodness(Goodness goodness);

}  // namespace ff
