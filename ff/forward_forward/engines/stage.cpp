#include "ff/forward_forward/engines/stage.h"

namespace ff {

std::vector<FFLayer> some_of(const FFNetwork& network, std::size_t first, std::size_t last) {
  const auto begin = network->layers.begin();
  return {begin + static_cast<std::ptrdiff_t>(first), begin + static_cast<std::ptrdiff_t>(last)};
}

ModelOptions model_above(ModelOptions model, std::size_t first) {
  if (first > 0) model.normalize.input = true;
  return model;
}

AutogradStage::AutogradStage(FFNetwork network,
                             std::size_t first,
                             std::size_t last,
                             std::vector<std::int64_t> kept)
    : network_(std::move(network)), first_(first), last_(last), kept_layers_(std::move(kept)) {}

Halves AutogradStage::train(const Halves& in, std::vector<at::Tensor>& losses) {
  std::vector<at::Tensor> activations;
  auto [pos, neg] = in;
  for (auto l = first_; l < last_; ++l) {
    auto step = network_->layers[l]->train_step(pos, neg);
    pos = step.activations_pos;
    neg = step.activations_neg;
    losses.push_back(step.loss);
    activations.push_back(pos);
  }
  kept_.clear();
  for (const auto l : kept_layers_) kept_.push_back(network_->normalized(activations[l]));
  return {pos, neg};
}

at::Tensor AutogradStage::train_block(std::size_t l, const Halves& in) {
  return network_->layers[first_ + l]->train_step(in.pos, in.neg).loss;
}

}  // namespace ff
