// A layer whose backward pass uses another weight, or another input, than its forward pass; all
// layerwise rules use it, for linear and convolutional layers.
#pragma once

#include <ATen/core/Tensor.h>

#include "ff/nn/weighted_layer.h"

namespace ff::baselines {

/// Replacements in the backward pass; an undefined tensor means no replacement.
struct LayerBackward {
  at::Tensor weight;  // used for dx; of the weight's shape
  at::Tensor input;   // used for dW; of the shape of the layer's input
};

/// Returns layer->forward(x) with the following gradients, where delta (N, out) is the gradient at
/// the output, V = backward.weight and x' = backward.input:
///
///   dx = delta V    dW = delta^T x'    db = sum over the batch of delta
///
/// With V = W and x' = x they equal autograd's bit for bit. No gradient flows to V or x'.
at::Tensor forward_with(const WeightedLayer& layer,
                        const at::Tensor& x,
                        const LayerBackward& backward);

}  // namespace ff::baselines
