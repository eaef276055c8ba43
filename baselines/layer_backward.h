// A layer whose backward pass goes through another weight than its forward pass: the one mechanism
// of all rules of that kind, for fully connected and convolutional layers.
#pragma once

#include <ATen/core/Tensor.h>

#include "ff/nn/weighted_layer.h"

namespace ff::baselines {

/// What the backward pass takes; an undefined tensor leaves it as it is.
struct LayerBackward {
  at::Tensor weight;  // delta goes through it to the input: the weight's shape
  at::Tensor input;   // delta meets it for the weight's gradient: the shape of the layer's input
};

/// layer->forward(x), with the gradients, delta being that of the output (N, out):
///   dx = delta V, V = backward.weight;  dW = delta^T x', x' = backward.input;  db = sum of delta.
/// With V = W and x' = x they are autograd's to the last bit. No gradient reaches V or x'.
at::Tensor forward_with(const WeightedLayer& layer,
                        const at::Tensor& x,
                        const LayerBackward& backward);

}  // namespace ff::baselines
