#include "ff/forward_forward/block_body.h"

#include <c10/util/Exception.h>

#include "ff/nn/layer_kind.h"

namespace ff {

BlockBody::BlockBody(torch::nn::Module& owner, const BlockBodyOptions& options)
    : input_(options.input),
      normalize_(find_length_normalization(options.normalize)),
      epsilon_(options.epsilon) {
  TORCH_CHECK(!options.layers.empty() && options.layers.front().has_weights(),
              "BlockBody: the first layer must have weights");
  layer_ = std::dynamic_pointer_cast<WeightedLayerImpl>(
      make_layer(options.layers.front(), {.input = input_, .init = options.init, .linear = "mm"}));
  for (const auto& item : layer_->named_parameters()) {
    owner.register_parameter(item.key(), item.value());
  }
  for (const auto& item : layer_->named_buffers()) owner.register_buffer(item.key(), item.value());
  output_ = layer_->output;
  for (std::size_t i = 1; i < options.layers.size(); ++i) {
    TORCH_CHECK(!options.layers[i].has_weights(), "BlockBody: only the first layer has weights");
    const auto [layer, list] = steps_.add(options.layers[i], output_);
    if (layer) register_in_list(owner, list, layer);
  }
}

at::Tensor BlockBody::before_activation(const at::Tensor& x, Pass pass) const {
  auto rows = x.flatten(1);
  TORCH_CHECK(rows.size(1) == input_.features(),
              "FFBlock: expected samples of ",
              input_.features(),
              " values, got ",
              x.sizes());
  rows = normalize_.apply(rows, epsilon_);
  if (layer_->takes_image) {
    rows = rows.view({x.size(0), input_.channels, input_.height, input_.width});
  }
  return steps_.before_activation(layer_->forward(rows, pass), pass);
}

}  // namespace ff
