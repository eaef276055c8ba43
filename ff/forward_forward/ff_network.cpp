#include "ff/forward_forward/ff_network.h"

#include <algorithm>

#include <ATen/Functions.h>
#include <torch/nn/modules/container/modulelist.h>

#include "ff/core/find_choice.h"
#include "ff/core/option_error.h"
#include "ff/forward_forward/block.h"
#include "ff/nn/network.h"

namespace ff {

namespace {

// Returns the config path of the layer with weights that starts block `l`.
std::string path_of_block(const ModelOptions& model, std::size_t l) {
  for (std::size_t i = 0; i < model.layers.size(); ++i) {
    if (model.layers[i].has_weights() && l-- == 0) {
      return "model.layers[" + std::to_string(i) + "]";
    }
  }
  return "model.widths";
}

FFLayer make_layer(const std::vector<LayerOptions>& layers,
                   const Shape& input,
                   const std::string& normalize,
                   const ModelOptions& model,
                   const LossOptions& loss) {
  if (is_linear_block(layers)) {
    return std::make_shared<FFLinearImpl>(FFLinearOptions{.in_features = input.features(),
                                                          .out_features = layers[0].width,
                                                          .activation = layers[1].type,
                                                          .goodness = model.goodness,
                                                          .init = model.init,
                                                          .normalize = normalize,
                                                          .epsilon = model.normalize.epsilon,
                                                          .threshold = model.threshold,
                                                          .loss = loss,
                                                          .peer = model.peer,
                                                          .dropout = model.dropout});
  }
  return std::make_shared<FFBlockImpl>(FFBlockOptions{.layers = layers,
                                                      .input = input,
                                                      .goodness = model.goodness,
                                                      .init = model.init,
                                                      .normalize = normalize,
                                                      .epsilon = model.normalize.epsilon,
                                                      .threshold = model.threshold,
                                                      .loss = loss,
                                                      .peer = model.peer,
                                                      .dropout = model.dropout});
}

}  // namespace

FFNetworkImpl::FFNetworkImpl(const Shape& input,
                             const ModelOptions& model,
                             const LossOptions& loss,
                             const OptimizerOptions& optimizer,
                             const at::Device& device)
    : normalize_(find_length_normalization(model.normalize.type)),
      epsilon_(model.normalize.epsilon) {
  if (!model.layers.empty()) check_stack(model.layers);
  auto list = register_module("layers", torch::nn::ModuleList());
  auto shape = input;
  for (const auto& block : blocks_of(model)) {
    const bool normalized = !layers.empty() || model.normalize.input;
    const std::string normalize = normalized ? model.normalize.type : "none";
    try {
      layers.push_back(make_layer(block, shape, normalize, model, loss));
    } catch (const OptionError&) {
      throw;
    } catch (const std::invalid_argument& error) {
      throw OptionError({path_of_block(model, layers.size()), error.what()});
    }
    layers.back()->to(device);  // first, as optimizer state follows its parameters' device
    layers.back()->set_optimizer(optimizer);
    list->push_back(layers.back());
    shape = layers.back()->output_shape();
  }
}

at::Tensor FFNetworkImpl::features(const at::Tensor& x, std::size_t count) {
  torch::NoGradGuard no_grad;
  auto activations = x;
  for (std::size_t i = 0; i < count; ++i) activations = layers[i]->forward(activations);
  return activations;
}

at::Tensor FFNetworkImpl::normalized(const at::Tensor& activations) const {
  return normalize_.apply(activations.flatten(1), epsilon_);
}

at::Tensor FFNetworkImpl::normalized_activities(const at::Tensor& x,
                                                const std::vector<std::int64_t>& chosen,
                                                bool with_dropout) {
  std::vector<at::Tensor> parts(chosen.size());
  const auto top = *std::max_element(chosen.begin(), chosen.end());
  auto activations = x;
  for (std::int64_t l = 0; l <= top; ++l) {
    activations = with_dropout ? layers[l]->forward_with_dropout(activations)
                               : layers[l]->forward(activations);
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      if (chosen[i] == l) parts[i] = normalized(activations);
    }
  }
  return at::cat(parts, /*dim=*/1);
}

at::Tensor FFNetworkImpl::goodness_by_label(const at::Tensor& rows, const LabelOverlay& overlay) {
  const auto depth = static_cast<std::int64_t>(layers.size());
  auto result = at::empty({rows.size(0), overlay.classes(), depth}, rows.options());
  for (std::int64_t label = 0; label < overlay.classes(); ++label) {
    auto activations = rows.clone();  // one copy per label: autograd may save it for backward
    overlay.write_(activations, label);
    for (std::int64_t l = 0; l < depth; ++l) {
      activations = layers[l]->forward(activations);
      result.select(/*dim=*/2, l).select(/*dim=*/1, label).copy_(layers[l]->goodness(activations));
    }
  }
  return result;
}

}  // namespace ff
