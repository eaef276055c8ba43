#include "ff/forward_forward/engines/autograd.h"

#include <ATen/Functions.h>
#include <ATen/core/grad_mode.h>

namespace ff {

AutogradTraining::AutogradTraining(FFNetwork network,
                                   const FFData& data,
                                   std::vector<std::int64_t> head_layers)
    : network_(std::move(network)), data_(data), head_layers_(std::move(head_layers)) {}

at::Tensor AutogradTraining::train(const Phase& phase, const DataRows& pos, const DataRows& neg) {
  const auto rows_pos = rows_of(data_.train(), data_.overlay(), pos);
  const auto rows_neg = rows_of(data_.train(), data_.overlay(), neg);
  if (phase.layer < 0) return train_all_layers(rows_pos, rows_neg);
  return train_one_layer(static_cast<std::size_t>(phase.layer), rows_pos, rows_neg);
}

at::Tensor AutogradTraining::train_one_layer(std::size_t layer,
                                             const at::Tensor& pos,
                                             const at::Tensor& neg) {
  const auto step = network_->layers[layer]->train_step(network_->features(pos, layer),
                                                        network_->features(neg, layer));
  return step.loss.view({1});
}

at::Tensor AutogradTraining::train_all_layers(at::Tensor pos, at::Tensor neg) {
  std::vector<at::Tensor> losses, activations;
  for (auto& layer : network_->layers) {
    auto step = layer->train_step(pos, neg);
    pos = step.activations_pos;
    neg = step.activations_neg;
    losses.push_back(step.loss);
    activations.push_back(pos);
  }
  std::vector<at::Tensor> seen;
  for (const auto l : head_layers_) seen.push_back(network_->normalized(activations[l]));
  if (!seen.empty()) positive_activities_ = at::cat(seen, /*dim=*/1);
  return at::stack(losses);
}

at::Tensor AutogradTraining::activities(const DataRows& data, bool with_dropout) {
  at::NoGradGuard no_grad;
  return network_->normalized_activities(
      rows_of(data_.train(), data_.overlay(), data), head_layers_, with_dropout);
}

at::Tensor AutogradTraining::activities(const at::Tensor& rows) {
  at::NoGradGuard no_grad;
  return network_->normalized_activities(rows, head_layers_, /*with_dropout=*/false);
}

at::Tensor AutogradTraining::goodness_by_label(const at::Tensor& rows) {
  at::NoGradGuard no_grad;
  return network_->goodness_by_label(rows, data_.overlay());
}

}  // namespace ff
