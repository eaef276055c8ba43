#include "ff/forward_forward/engines/autograd.h"

#include <ATen/Functions.h>
#include <ATen/core/grad_mode.h>

namespace ff {

at::Tensor AutogradTraining::rows_of(const DataRows& data) const {
  return ff::rows_of(parts_.data.train(), parts_.data.overlay(), data);
}

at::Tensor AutogradTraining::train_layers(const Phase& phase,
                                          const DataRows& pos,
                                          const DataRows& neg) {
  if (phase.layer < 0) return train_all_layers(rows_of(pos), rows_of(neg));
  return train_one_layer(static_cast<std::size_t>(phase.layer), rows_of(pos), rows_of(neg));
}

at::Tensor AutogradTraining::train_one_layer(std::size_t layer,
                                             const at::Tensor& pos,
                                             const at::Tensor& neg) {
  auto& network = parts_.network;
  const auto step = network->layers[layer]->train_step(network->features(pos, layer),
                                                       network->features(neg, layer));
  return step.loss.view({1});
}

at::Tensor AutogradTraining::train_all_layers(at::Tensor pos, at::Tensor neg) {
  std::vector<at::Tensor> losses, activations;
  for (auto& layer : parts_.network->layers) {
    auto step = layer->train_step(pos, neg);
    pos = step.activations_pos;
    neg = step.activations_neg;
    losses.push_back(step.loss);
    activations.push_back(pos);
  }
  std::vector<at::Tensor> seen;
  for (const auto l : parts_.head_layers()) {
    seen.push_back(parts_.network->normalized(activations[l]));
  }
  if (!seen.empty()) positive_activities_ = at::cat(seen, /*dim=*/1);
  return at::stack(losses);
}

at::Tensor AutogradTraining::activities(const DataRows& data, bool with_dropout) {
  at::NoGradGuard no_grad;
  return parts_.network->normalized_activities(rows_of(data), parts_.head_layers(), with_dropout);
}

at::Tensor AutogradTraining::activities(const at::Tensor& rows) {
  at::NoGradGuard no_grad;
  return parts_.network->normalized_activities(rows, parts_.head_layers(), /*with_dropout=*/false);
}

at::Tensor AutogradTraining::goodness_by_label(const at::Tensor& rows) {
  at::NoGradGuard no_grad;
  return parts_.network->goodness_by_label(rows, parts_.data.overlay());
}

}  // namespace ff
