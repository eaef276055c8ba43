#include "ff/forward_forward/objective_network.h"

#include <ATen/Functions.h>
#include <torch/nn/modules/container/modulelist.h>

#include "ff/core/option_error.h"
#include "ff/core/separate_seed.h"
#include "ff/nn/network.h"

namespace ff {
namespace {

// Turns an error about block `l` into one with the config path of its layer with weights.
template <class Work>
auto at_block(const ModelOptions& model, std::size_t l, Work&& work) {
  try {
    return work();
  } catch (const OptionError&) {
    throw;
  } catch (const std::invalid_argument& error) {
    throw OptionError({path_of_block(model, l), error.what()});
  }
}

}  // namespace

ObjectiveNetworkImpl::ObjectiveNetworkImpl(const Shape& input,
                                           std::int64_t classes,
                                           const ModelOptions& model,
                                           const ObjectiveOptions& objective,
                                           const OptimizerOptions& optimizer,
                                           const at::Device& device) {
  if (!model.layers.empty()) check_stack(model.layers);
  auto shape = input;
  for (const auto& block : blocks_of(model)) {
    const bool normalized = !layers.empty() || model.normalize.input;
    const BlockBodyOptions options{.layers = block,
                                   .input = shape,
                                   .init = model.init,
                                   .normalize = normalized ? model.normalize.type : "none",
                                   .epsilon = model.normalize.epsilon};
    layers.push_back(
        at_block(model, layers.size(), [&] { return ObjectiveBlock(options, model.dropout); }));
    shape = layers.back()->output_shape();
  }
  auto list = register_module("layers", torch::nn::ModuleList());
  const SeparateSeedGuard own;
  for (std::size_t l = 0; l < layers.size(); ++l) {
    auto& block = layers[l];
    at_block(model, l, [&] {
      block->set_objective(
          make_objective(objective, {.shape = block->output_shape(), .classes = classes}));
    });
    block->to(device);  // first, as optimizer state follows its parameters' device
    block->set_optimizer(optimizer);
    list->push_back(block);
  }
}

at::Tensor ObjectiveNetworkImpl::features(const at::Tensor& x, std::size_t count) const {
  at::NoGradGuard no_grad;
  auto activations = x;
  for (std::size_t l = 0; l < count; ++l) activations = layers[l]->forward(activations);
  return activations;
}

at::Tensor ObjectiveNetworkImpl::scores(const at::Tensor& x) const {
  std::vector<at::Tensor> by_layer;
  auto activations = x;
  for (const auto& block : layers) {
    activations = block->forward(activations);
    by_layer.push_back(block->scores(activations));
  }
  return at::stack(by_layer, /*dim=*/2);
}

}  // namespace ff
