// LayerImpl: the base class of a network's layers, with or without weights.
#pragma once

#include <torch/nn/module.h>

#include "ff/nn/pass.h"
#include "ff/nn/shape.h"

namespace ff {

/// A layer. It registers its parameters and buffers as any torch::nn::Module does; checkpoints,
/// pruning, comparison and (for parameters) training use the names registered.
class LayerImpl : public torch::nn::Module {
 public:
  /// Maps (N, D) or (N, C, H, W) to (N, D') or (N, C', H', W'); differentiable by autograd.
  virtual at::Tensor forward(const at::Tensor& x, Pass pass = Pass::kEvaluate) const = 0;

  Shape output;              // shape of one output sample; set by make_layer
  bool takes_image = false;  // expects (N, C, H, W) rather than (N, D); set by make_layer
};

}  // namespace ff
