// Softplus loss L = mean log(1 + exp(z)), as used by the talk; the negative log-likelihood of
// sigmoid(g - theta) for positives (Hinton 2022, section 2).
#pragma once

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

namespace ff {

/// Returns mean(log(1 + exp(z))), z (M) -> scalar. Written as in the original because softplus and
/// log1p round differently. exp overflows float32 above 88, so z > 80, where the loss equals z in
/// float32, goes through the second term; below 80, value and gradient are bit-equal to the
/// original.
inline at::Tensor softplus_loss(const at::Tensor& z) {
  constexpr double kLinearAbove = 80;
  return (at::log(1 + at::exp(z.clamp_max(kLinearAbove))) + at::relu(z - kLinearAbove)).mean();
}

}  // namespace ff
