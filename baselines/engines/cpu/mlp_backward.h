// How a rule that trains a perceptron in closed form brings the error to the hidden layers.
#pragma once

#include <vector>

#include <ATen/core/Tensor.h>

#include "ff/optim/optimizer.h"

namespace ff::fused {

/// Backpropagation, unless something is set. Layers count from 0, "hidden" are all but the last;
/// the last always has the cross-entropy's error. Tensors are shared with their owner, and of the
/// engine's type.
struct MlpBackward {
  enum class Path {
    kLayerwise,  // down from layer to layer, through a matrix of the weight's shape
    kDirect,     // from the output to each hidden layer, through (classes, units)
    kIndirect,   // from the output to the first layer, from there up through the weights
  };
  enum class Signal { kError, kErrorSign, kTarget };  // what the direct and indirect path carry

  Path path = Path::kLayerwise;
  Signal signal = Signal::kError;

  /// Layerwise: of layer l > 0, in place of its weight; undefined: the weight. Direct: of hidden
  /// layer l; indirect: of the first.
  std::vector<at::Tensor> feedback;
  /// Layerwise: feedback is multiplied by the weight's signs, and may be a scalar.
  bool weight_signs = false;
  /// Layerwise: feedback that learns as the weight does, by the name of its optimizer's state.
  std::vector<NamedParameter> learned;
  /// Per layer, where the weight's gradient takes the signs of the input, times this.
  std::vector<double> input_signs;
};

}  // namespace ff::fused
