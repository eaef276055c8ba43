// Description of a rule's backward pass for the fused MLP engine.
#pragma once

#include <vector>

#include <ATen/core/Tensor.h>

#include "ff/optim/optimizer.h"

namespace ff::fused {

/// By default backpropagation. Layers count from 0; all but the last are hidden, and the last
/// always uses the cross-entropy's error. Tensors are shared with their owner and have the engine's
/// type.
struct MlpBackward {
  enum class Path {
    kLayerwise,  // from layer to layer, through a matrix of the weight's shape
    kDirect,     // from the output to each hidden layer, through (classes, units)
    kIndirect,   // from the output to the first layer, then forward through the weights
  };
  enum class Signal { kError, kErrorSign, kTarget };  // of the direct and indirect paths

  Path path = Path::kLayerwise;
  Signal signal = Signal::kError;

  /// Layerwise: replaces the weight of layer l > 0; undefined: the weight itself. Direct: matrix of
  /// hidden layer l. Indirect: matrix of the first layer.
  std::vector<at::Tensor> feedback;
  /// Layerwise: the feedback is multiplied by the signs of the weight; it may be a scalar.
  bool weight_signs = false;
  /// Layerwise: feedback that is updated by the gradient of its layer's weight; the names are those
  /// of its optimizer state.
  std::vector<NamedParameter> learned;
  /// Layerwise, per layer: the weight's gradient uses the signs of the input, times this factor.
  /// Empty: the input.
  std::vector<double> input_signs;
};

}  // namespace ff::fused
