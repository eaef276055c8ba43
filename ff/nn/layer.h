// LayerImpl: the base class of a network's layers, with or without weights.
#pragma once

#include <vector>

#include <torch/nn/module.h>

#include "ff/nn/pass.h"
#include "ff/nn/shape.h"

namespace ff {

/// The inputs of a network's blocks in one forward pass, first to last, as the learning rule passes
/// them: detached, for example. Those that no layer reads may be undefined or missing.
using BlockInputs = std::vector<at::Tensor>;

/// A layer. It registers its parameters and buffers as any torch::nn::Module does; checkpoints,
/// pruning, comparison and (for parameters) training use the names registered.
class LayerImpl : public torch::nn::Module {
 public:
  /// Maps (N, D) or (N, C, H, W) to (N, D') or (N, C', H', W'); differentiable by autograd.
  virtual at::Tensor forward(const at::Tensor& x, Pass pass = Pass::kEvaluate) const = 0;

  /// As forward(), for a layer that also reads `inputs`, those of the blocks up to the one that the
  /// layer is in (LayerKind::joined).
  virtual at::Tensor join(const at::Tensor& x, const BlockInputs&, Pass pass) const {
    return forward(x, pass);
  }

  Shape output;              // shape of one output sample; set by make_layer
  bool takes_image = false;  // expects (N, C, H, W) rather than (N, D); set by make_layer
};

}  // namespace ff
