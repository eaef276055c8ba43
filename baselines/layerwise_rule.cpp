#include "baselines/layerwise_rule.h"

#include <ATen/Functions.h>

namespace ff::baselines {

Gradient LayerwiseRule::gradient(const at::Tensor& inputs, const at::Tensor& labels, Pass pass) {
  auto x = network_->input(inputs);
  for (std::size_t l = 0; l < network_->depth(); ++l) {
    const auto weight = l == 0 ? at::Tensor() : backward_weight(l);
    const auto z = forward_with(network_->layers[l], x, {weight, weight_input(l, x)});
    x = network_->after(l, z, pass);
  }
  const auto loss = at::cross_entropy_loss(x, labels);
  return {loss.detach(), gradients_of({loss}, {{}}, network_->all_parameters())};
}

std::vector<FeedbackPair> LayerwiseRule::feedback_pairs() const {
  std::vector<FeedbackPair> pairs;
  for (std::size_t l = 1; l < network_->depth(); ++l) {
    pairs.push_back({backward_weight(l), network_->layers[l]->weight});
  }
  return pairs;
}

}  // namespace ff::baselines
