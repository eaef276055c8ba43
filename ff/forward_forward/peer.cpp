#include "ff/forward_forward/peer.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>

namespace ff {

void update_mean_activation(at::Tensor mean, const at::Tensor& activations, double momentum) {
  at::NoGradGuard no_grad;
  mean.mul_(momentum).add_(activations.mean(/*dim=*/0), /*alpha=*/1 - momentum);
}

at::Tensor peer_term(const at::Tensor& mean, const at::Tensor& z, double weight) {
  const auto excess = (mean - mean.mean()).detach();
  return weight * (excess * z.mean(/*dim=*/0)).sum();
}

}  // namespace ff
