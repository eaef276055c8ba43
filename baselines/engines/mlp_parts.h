// Parameters of an MLP as the fused engines (CPU and GPU) receive them.
#pragma once

#include <string>
#include <vector>

#include "ff/optim/optimizer.h"

namespace ff {

/// An MLP of linear layers with one common activation (none after the last layer), its optimizer
/// options and state. Tensors are shared with their owner.
struct MlpParts {
  struct Layer {
    NamedParameter weight, bias;  // (out, in), (out)
  };
  std::vector<Layer> layers;
  std::string activation;
  OptimizerOptions optimizer;
  TensorDict state;  // Optimizer::state() of all parameters
};

}  // namespace ff
