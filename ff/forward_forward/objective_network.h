// ObjectiveNetwork: a stack of ObjectiveBlocks.
#pragma once

#include <cstdint>
#include <vector>

#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>

#include "ff/forward_forward/model_options.h"
#include "ff/forward_forward/objective_block.h"

namespace ff {

/// A stack of blocks, registered as layers.0, layers.1, ..., one for each of blocks_of(model).
class ObjectiveNetworkImpl : public torch::nn::Module {
 public:
  /// Initialises the layers first to last from the default CPU generator, then the objectives from
  /// a generator of their own, so that all objectives start from the same layers; moves all to
  /// `device`. Throws OptionError if a layer does not fit its input, or an objective its block.
  ObjectiveNetworkImpl(const Shape& input,
                       std::int64_t classes,
                       const ModelOptions& model,
                       const ObjectiveOptions& objective,
                       const OptimizerOptions& optimizer,
                       const at::Device& device = at::kCPU);

  /// Returns the activations of the first `count` blocks, (N, in) -> (N, out) or (N, C, H, W),
  /// without gradient.
  at::Tensor features(const at::Tensor& x, std::size_t count) const;

  /// Returns the class scores of every block, (N, in) -> (N, classes, depth). Differentiable
  /// through all blocks below; use a NoGradGuard if no gradient is needed.
  at::Tensor scores(const at::Tensor& x) const;

  std::vector<ObjectiveBlock> layers;
};

TORCH_MODULE(ObjectiveNetwork);

}  // namespace ff
