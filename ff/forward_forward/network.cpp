#include "ff/forward_forward/network.h"

#include <algorithm>

#include <ATen/Functions.h>
#include <torch/nn/modules/container/modulelist.h>

#include "ff/core/choice.h"

namespace ff {

std::vector<std::string> ModelOptions::activation_names() { return names_of(activations()); }
std::vector<std::string> ModelOptions::init_names() { return names_of(inits()); }
std::vector<std::string> ModelOptions::goodness_names() { return names_of(goodnesses()); }

FFNetworkImpl::FFNetworkImpl(std::int64_t in_features,
                             const ModelOptions& model,
                             const LossOptions& loss,
                             const OptimizerOptions& optimizer,
                             const at::Device& device)
    : normalize_(find_row_normalization(model.normalize.type)), epsilon_(model.normalize.epsilon) {
  auto list = register_module("layers", torch::nn::ModuleList());
  for (const auto width : model.widths) {
    const bool normalized = !layers.empty() || model.normalize.input;
    layers.emplace_back(FFLinearOptions{
        .in_features = in_features,
        .out_features = width,
        .activation = model.activation,
        .goodness = model.goodness,
        .init = model.init,
        .normalize = normalized ? model.normalize.type : "none",
        .epsilon = model.normalize.epsilon,
        .threshold = model.threshold,
        .loss = loss,
        .peer = model.peer,
        .dropout = model.dropout,
    });
    layers.back()->to(device);  // before the optimizer, whose state follows the parameters
    layers.back()->set_optimizer(optimizer);
    list->push_back(layers.back());
    in_features = width;
  }
}

at::Tensor FFNetworkImpl::features(const at::Tensor& x, std::size_t count) {
  torch::NoGradGuard no_grad;
  auto activations = x;
  for (std::size_t i = 0; i < count; ++i) activations = layers[i]->forward(activations);
  return activations;
}

at::Tensor FFNetworkImpl::normalized(const at::Tensor& activations) const {
  return normalize_.apply(activations, epsilon_);
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
    auto activations = rows.clone();  // of their own, as gradients may need them later
    overlay.write_(activations, label);
    for (std::int64_t l = 0; l < depth; ++l) {
      activations = layers[l]->forward(activations);
      result.select(/*dim=*/2, l).select(/*dim=*/1, label).copy_(layers[l]->goodness(activations));
    }
  }
  return result;
}

}  // namespace ff
