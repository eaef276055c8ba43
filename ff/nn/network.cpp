#include "ff/nn/network.h"

#include <stdexcept>

#include "ff/core/option_error.h"

namespace ff {
namespace {

std::string place(std::size_t i) { return "model.layers[" + std::to_string(i) + "]"; }

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

// `shape` is that of what comes in, and then of what goes out.
void NetworkImpl::add(const LayerOptions& layer, Shape& shape, const NetworkOptions& options) {
  if (layer.has_weights()) {
    layers.emplace_back(layer, shape, options.init, options.linear);
    list_->push_back(layers.back());
    blocks_.emplace_back();
    shape = layers.back()->output;
  } else if (const auto norm = blocks_.back().steps.add(layer, shape)) {
    if (!norms_) norms_ = register_module("norms", torch::nn::ModuleList());
    norms_->push_back(norm);
    blocks_.back().norms.push_back({norm, static_cast<std::int64_t>(norms_->size()) - 1});
  }
  blocks_.back().output = shape;
}

at::Tensor NetworkImpl::forward(const at::Tensor& rows, Pass pass) const {
  auto x = input(rows);
  for (std::size_t l = 0; l < depth(); ++l) x = after(l, layers[l]->forward(x), pass);
  return x;
}

at::Tensor NetworkImpl::input(const at::Tensor& rows) const {
  if (!is_convolutional()) return rows;
  return rows.view({rows.size(0), input_.channels, input_.height, input_.width});
}

at::Tensor NetworkImpl::after(std::size_t l, at::Tensor z, Pass pass) const {
  return blocks_[l].steps.forward(z, pass);
}

const Activation* NetworkImpl::activation_after(std::size_t l) const {
  return blocks_[l].steps.only_activation();
}

std::vector<NamedParameter> NetworkImpl::parameters_of(std::size_t l) const {
  const auto layer = "layers." + std::to_string(l);
  std::vector<NamedParameter> found = {{layer + ".weight", layers[l]->weight},
                                       {layer + ".bias", layers[l]->bias}};
  for (const auto& [module, index] : blocks_[l].norms) {
    if (!module->weight.defined()) continue;
    const auto norm = "norms." + std::to_string(index);
    found.push_back({norm + ".weight", module->weight});
    found.push_back({norm + ".bias", module->bias});
  }
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
  bool flat = false;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const auto& type = layers[i].type;
    if (i == 0 && !layers[i].has_weights()) {
      throw OptionError(
          {place(i), type + " has no layer to work on; the first must be linear or conv"});
    }
    if (flat && (type == "conv" || type == "max-pool")) {
      throw OptionError({place(i),
                         type +
                             " needs an image, and the linear layer before it gives none; put it "
                             "ahead of the first linear layer"});
    }
    flat = flat || type == "linear";
  }
}

void check_layers(const std::vector<LayerOptions>& layers) {
  check_stack(layers);
  if (layers.empty() || layers.back().type != "linear") {
    const std::string text =
        "the last layer must be linear, as what it gives are the classes' scores";
    if (layers.empty()) throw OptionError({"model.layers", text});
    throw OptionError({place(layers.size() - 1), text + "; it is " + layers.back().type});
  }
}

std::optional<std::size_t> norm_of_single_values(const std::vector<LayerOptions>& layers,
                                                 const Shape& input) {
  auto shape = input;
  const auto slide = [&](const LayerOptions& layer, std::int64_t stride) {
    shape.height = kernel_positions(shape.height, layer, stride);
    shape.width = kernel_positions(shape.width, layer, stride);
  };
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const auto& layer = layers[i];
    try {
      if (layer.type == "linear") shape = {layer.width, 1, 1};
      if (layer.type == "conv") slide(layer, layer.stride);
      if (layer.type == "max-pool") slide(layer, layer.kernel);
    } catch (const std::invalid_argument& error) {
      throw OptionError({place(i), error.what()});
    }
    if (layer.type == "batch-norm" && shape.height * shape.width == 1) return i;
  }
  return std::nullopt;
}

}  // namespace ff
