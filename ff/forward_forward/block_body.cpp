#include "ff/forward_forward/block_body.h"

#include <algorithm>
#include <stdexcept>

#include <c10/util/Exception.h>

#include "ff/nn/layer_kind.h"
#include "ff/nn/network.h"

namespace ff {

std::string problem_of_shortcut(const std::vector<LayerOptions>& block, std::size_t i) {
  if (!block[i].joins()) return "";
  const auto is_activation = [](const LayerOptions& layer) { return layer.is_activation(); };
  if (std::any_of(block.begin(), block.begin() + static_cast<std::ptrdiff_t>(i), is_activation)) {
    return block[i].type +
           " after the non-linearity of a Forward-Forward block is not supported; put it before";
  }
  return "";
}

std::vector<OptionProblem> problems_of_layers(const ModelOptions& model) {
  if (model.layers.empty()) return {};
  try {
    check_stack(model.layers);
  } catch (const OptionError& error) {
    return {error.problem};
  }
  std::vector<OptionProblem> problems;
  std::size_t i = 0;  // in model.layers; blocks_of() may add one activation to a block
  for (const auto& block : blocks_of(model)) {
    for (std::size_t j = 0; j < block.size(); ++j) {
      const bool is_added = i >= model.layers.size() || !(model.layers[i] == block[j]);
      if (is_added) continue;
      const auto path = "model.layers[" + std::to_string(i++) + "]";
      const auto text = problem_of_shortcut(block, j);
      if (!text.empty()) problems.push_back({path, text});
      if (block[j].type != "shortcut" || block[j].get<std::int64_t>("from") == 1) continue;
      problems.push_back(
          {path + ".from",
           "a block of Forward-Forward sees only its own input, which is 1; allowed: 1"});
    }
  }
  return problems;
}

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
  const std::vector<Shape> blocks = {block_input(options.layers.front(), input_)};
  for (std::size_t i = 1; i < options.layers.size(); ++i) {
    TORCH_CHECK(!options.layers[i].has_weights(), "BlockBody: only the first layer has weights");
    const auto text = problem_of_shortcut(options.layers, i);
    if (!text.empty()) throw std::invalid_argument(text);
    const auto [layer, list] = steps_.add(options.layers[i], output_, blocks);
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
  return steps_.before_activation(layer_->forward(rows, pass), {rows}, pass);
}

}  // namespace ff
