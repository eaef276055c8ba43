// What a layer of a network is, with weights or without.
#pragma once

#include <torch/nn/module.h>

#include "ff/nn/pass.h"
#include "ff/nn/shape.h"

namespace ff {

/// A layer. It registers its parameters and buffers as any torch::nn::Module does; they are saved,
/// pruned, compared and (parameters) trained under the names that it gives them.
class LayerImpl : public torch::nn::Module {
 public:
  /// (N, D) or (N, C, H, W) -> (N, D') or (N, C', H', W'), differentiable by autograd.
  virtual at::Tensor forward(const at::Tensor& x, Pass pass = Pass::kEvaluate) const = 0;

  Shape output;              // of one sample; set by make_layer
  bool takes_image = false;  // (N, C, H, W), not (N, D); set by make_layer
};

}  // namespace ff
