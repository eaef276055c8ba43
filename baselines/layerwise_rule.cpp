#include "baselines/layerwise_rule.h"

#include <ATen/Functions.h>

#include "baselines/measures.h"

namespace ff::baselines {

Gradient LayerwiseRule::gradient(const at::Tensor& rows, const at::Tensor& labels, Pass pass) {
  auto x = network_->input(rows);
  for (std::size_t l = 0; l < network_->depth(); ++l) {
    const auto weight = l == 0 ? at::Tensor() : backward_weight(l);
    const auto z = forward_with(network_->layers[l], x, {weight, weight_input(l, x)});
    x = network_->after(l, z, pass);
  }
  const auto loss = at::cross_entropy_loss(x, labels);
  return {loss.detach(), gradients_of({loss}, {{}}, network_->all_parameters())};
}

std::vector<double> LayerwiseRule::feedback_angles() const {
  std::vector<double> angles;
  for (std::size_t l = 1; l < network_->depth(); ++l) {
    angles.push_back(angle_between(backward_weight(l), network_->layers[l]->weight));
  }
  return angles;
}

}  // namespace ff::baselines
