#include "ff/forward_forward/engines/cpu/stage.h"

#include <ATen/Functions.h>

#include "ff/engines/cpu/fused_options.h"

namespace ff::fused {
namespace {

std::vector<FFLayer> some_of(const FFNetwork& network, std::size_t first, std::size_t last) {
  const auto begin = network->layers.begin();
  return {begin + static_cast<std::ptrdiff_t>(first), begin + static_cast<std::ptrdiff_t>(last)};
}

// model.normalize.input concerns the network's first layer only.
ModelOptions model_above(ModelOptions model, std::size_t first) {
  if (first > 0) model.normalize.input = true;
  return model;
}

}  // namespace

FusedStage::FusedStage(const FFParts& parts,
                       std::size_t first,
                       std::size_t last,
                       std::vector<std::int64_t> kept)
    : network_(parts.network),
      kept_layers_(std::move(kept)),
      engine_(some_of(parts.network, first, last),
              model_above(parts.options.model, first),
              parts.options.loss,
              parts.options.optimizer,
              2 * parts.options.batch_size,
              first == 0 ? background_of(parts.data.info(), parts.options.fused) : std::nullopt,
              parts.options.precision,
              parts.options.fused.sparse == "auto") {
  engine_.keep_activities(kept_layers_);
  for (const auto l : kept_layers_) {
    const auto& layer = network_->layers[first + static_cast<std::size_t>(l)];
    kept_widths_.push_back(layer->output_shape().features());
  }
  if (last < parts.network->layers.size()) engine_.disable_output_normalization();
}

// Copies both halves into `to`; returns the number of samples.
std::int64_t FusedStage::read(RowBuffer<float>& to, const Halves& in) const {
  const auto half = in.pos.size(0);
  to.range(0, half).copy_(in.pos.flatten(1));
  to.range(half, half).copy_(in.neg.flatten(1));
  return 2 * half;
}

Halves FusedStage::train(const Halves& in, std::vector<at::Tensor>& losses) {
  at::NoGradGuard no_grad;
  const auto count = read(engine_.pixels(), in);
  engine_.train_all(count);
  for (const auto loss : engine_.losses()) losses.push_back(at::scalar_tensor(loss, at::kDouble));
  const auto half = count / 2;
  kept_.clear();
  if (!kept_layers_.empty()) {
    kept_ = engine_.activities(half).split_with_sizes(kept_widths_, /*dim=*/1);
  }
  return {engine_.outputs().range(0, half), engine_.outputs().range(half, half)};
}

at::Tensor FusedStage::train_block(std::size_t l, const Halves& in) {
  at::NoGradGuard no_grad;
  const auto count = l == 0 ? read(engine_.pixels(), in)
                            : read(engine_.inputs(l),
                                   {network_->normalized(in.pos), network_->normalized(in.neg)});
  engine_.train_layer(l, count);
  return at::scalar_tensor(engine_.losses()[l], at::kDouble);
}

}  // namespace ff::fused
