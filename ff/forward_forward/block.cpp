#include "ff/forward_forward/block.h"

#include <ATen/Functions.h>
#include <c10/util/Exception.h>

#include "ff/nn/layer_kind.h"

namespace ff {

FFBlockImpl::FFBlockImpl(const FFBlockOptions& options)
    : FFBaseImpl({options.loss, options.peer, options.dropout}),
      input_(options.input),
      goodness_(find_goodness(options.goodness)),
      normalize_(find_length_normalization(options.normalize)),
      epsilon_(options.epsilon) {
  TORCH_CHECK(!options.layers.empty() && options.layers.front().has_weights(),
              "FFBlock: the first layer must have weights");
  layer_ = std::dynamic_pointer_cast<WeightedLayerImpl>(
      make_layer(options.layers.front(), {.input = input_, .init = options.init, .linear = "mm"}));
  weight = layer_->weight;
  bias = layer_->bias;
  for (const auto& item : layer_->named_parameters()) register_parameter(item.key(), item.value());
  for (const auto& item : layer_->named_buffers()) register_buffer(item.key(), item.value());
  output_ = layer_->output;
  for (std::size_t i = 1; i < options.layers.size(); ++i) {
    TORCH_CHECK(!options.layers[i].has_weights(), "FFBlock: only the first layer has weights");
    const auto [layer, list] = steps_.add(options.layers[i], output_);
    if (layer) register_in_list(*this, list, layer);
  }
  const auto& initial = options.threshold.initial;
  register_threshold(initial.is_word() ? static_cast<double>(output_.features()) : initial.number,
                     options.threshold.learned);
  register_peers(output_.features());
}

at::Tensor FFBlockImpl::preactivation(const at::Tensor& x, Pass pass) {
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

at::Tensor FFBlockImpl::activation(const at::Tensor& z, Pass pass) const {
  return steps_.from_activation(z, pass);
}

at::Tensor FFBlockImpl::goodness(const at::Tensor& activations) const {
  return goodness_.of(activations.flatten(1));
}

}  // namespace ff
