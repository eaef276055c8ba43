// log(1 + exp(z)), the talk's loss.
#pragma once

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

namespace ff {

/// mean(log(1 + exp(z))), z (M) -> scalar. Written as the original writes it, because softplus and
/// log1p round differently; but exp overflows float32 above 88, so z > 80, where the loss is z to
/// the last bit, goes through the second term. Below, no bit of value or gradient changes.
inline at::Tensor softplus_loss(const at::Tensor& z) {
  constexpr double kLinearAbove = 80;
  return (at::log(1 + at::exp(z.clamp_max(kLinearAbove))) + at::relu(z - kLinearAbove)).mean();
}

}  // namespace ff
