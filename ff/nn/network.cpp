#include "ff/nn/network.h"

#include <algorithm>
#include <stdexcept>

#include "ff/core/option_error.h"
#include "ff/nn/layer_kind.h"

namespace ff {
namespace {

std::string place(std::size_t i) { return "model.layers[" + std::to_string(i) + "]"; }

// Returns e.g. "linear or conv", for messages.
std::string kinds_with_weights() {
  std::string text;
  for (const auto& kind : layer_kinds()) {
    if (kind.has_weights) text += (text.empty() ? "" : " or ") + std::string(kind.name);
  }
  return text;
}

}  // namespace

NetworkImpl::NetworkImpl(const NetworkOptions& options)
    : input_(options.input), list_(register_module("layers", torch::nn::ModuleList())) {
  check_layers(options.layers);
  auto shape = input_;
  for (std::size_t i = 0; i < options.layers.size(); ++i) {
    try {
      add(options.layers[i], shape, options);
    } catch (const std::invalid_argument& error) {
      throw OptionError({place(i), error.what()});
    }
  }
}

// Appends a layer; `shape` is updated from its input's to its output's.
void NetworkImpl::add(const LayerOptions& layer, Shape& shape, const NetworkOptions& options) {
  if (layer.has_weights()) {
    block_inputs_.push_back(block_input(layer, shape));
    const auto made =
        make_layer(layer, {.input = shape, .init = options.init, .linear = options.linear});
    layers.emplace_back(std::dynamic_pointer_cast<WeightedLayerImpl>(made));
    list_->push_back(layers.back());
    blocks_.emplace_back();
    shape = made->output;
  } else {
    has_shortcuts_ = has_shortcuts_ || layer.joins();
    const auto [made, list] = blocks_.back().steps.add(layer, shape, block_inputs_);
    if (made) blocks_.back().modules.push_back({register_in_list(*this, list, made), made});
  }
  blocks_.back().output = shape;
}

at::Tensor NetworkImpl::forward(const at::Tensor& rows, Pass pass) const {
  auto x = input(rows);
  BlockInputs inputs;
  for (std::size_t l = 0; l < depth(); ++l) x = block(l, x, inputs, pass);
  return x;
}

at::Tensor NetworkImpl::input(const at::Tensor& rows) const {
  if (!layers.front()->takes_image) return rows;
  return rows.view({rows.size(0), input_.channels, input_.height, input_.width});
}

at::Tensor NetworkImpl::block(std::size_t l,
                              const at::Tensor& x,
                              BlockInputs& inputs,
                              Pass pass) const {
  enter(l, x, inputs);
  return after(l, layers[l]->forward(x), inputs, pass);
}

void NetworkImpl::enter(std::size_t l, const at::Tensor& x, BlockInputs& inputs) const {
  if (!has_shortcuts_) return;  // else every input would stay in memory
  inputs.resize(l + 1);
  inputs[l] = x;
}

at::Tensor NetworkImpl::after(std::size_t l,
                              at::Tensor z,
                              const BlockInputs& inputs,
                              Pass pass) const {
  return blocks_[l].steps.forward(z, inputs, pass);
}

bool NetworkImpl::is_convolutional() const {
  return std::any_of(
      layers.begin(), layers.end(), [](const auto& layer) { return layer->weight.dim() != 2; });
}

const Activation* NetworkImpl::activation_after(std::size_t l) const {
  return blocks_[l].steps.only_activation();
}

std::vector<NamedParameter> NetworkImpl::parameters_of(std::size_t l) const {
  std::vector<NamedParameter> found;
  const auto add_all = [&](const std::string& name, const torch::nn::Module& module) {
    for (const auto& item : module.named_parameters()) {
      found.push_back({name + "." + item.key(), item.value()});
    }
  };
  add_all("layers." + std::to_string(l), *layers[l]);
  for (const auto& [name, layer] : blocks_[l].modules) add_all(name, *layer);
  return found;
}

std::vector<NamedParameter> NetworkImpl::all_parameters() const {
  std::vector<NamedParameter> all;
  for (std::size_t l = 0; l < depth(); ++l) {
    for (auto& parameter : parameters_of(l)) all.push_back(std::move(parameter));
  }
  return all;
}

TensorDict NetworkImpl::tensors() const {
  TensorDict all;
  for (const auto& item : named_parameters()) all[item.key()] = item.value();
  for (const auto& item : named_buffers()) all[item.key()] = item.value();
  return all;
}

void check_stack(const std::vector<LayerOptions>& layers) {
  std::string flat;  // the last layer that flattened; empty: the data is still an image
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const auto& type = layers[i].type;
    const auto* kind = find_layer_kind(type);
    if (i == 0 && !layers[i].has_weights()) {
      throw OptionError(
          {place(i),
           type + " cannot be the first layer; the first must be " + kinds_with_weights()});
    }
    if (!flat.empty() && kind && kind->needs_image) {
      throw OptionError({place(i),
                         type + " needs an image, but the " + flat +
                             " layer before it outputs a vector; put it before the first " + flat +
                             " layer"});
    }
    if (flat.empty() && kind && kind->flattens) flat = type;
  }
}

void check_layers(const std::vector<LayerOptions>& layers) {
  check_stack(layers);
  if (layers.empty() || layers.back().type != "linear") {
    const std::string text = "the last layer must be linear, because its outputs are the logits";
    if (layers.empty()) throw OptionError({"model.layers", text});
    throw OptionError({place(layers.size() - 1), text + "; it is " + layers.back().type});
  }
}

std::optional<std::size_t> norm_of_single_values(const std::vector<LayerOptions>& layers,
                                                 const Shape& input) {
  auto shape = input;
  std::vector<Shape> blocks;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const auto& layer = layers[i];
    const auto* kind = find_layer_kind(layer.type);
    if (layer.has_weights()) blocks.push_back(block_input(layer, shape));
    try {
      if (kind) shape = output_shape(*kind, layer, {.input = shape, .blocks = blocks});
    } catch (const std::invalid_argument& error) {
      throw OptionError({place(i), error.what()});
    }
    if (layer.type == "batch-norm" && shape.height * shape.width == 1) return i;
  }
  return std::nullopt;
}

}  // namespace ff
