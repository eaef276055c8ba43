// A perceptron as the engines that train it take it, on a CPU or a GPU.
#pragma once

#include <string>
#include <vector>

#include "ff/optim/optimizer.h"

namespace ff {

/// What a perceptron is made of, and how it learns: linear layers that share an activation, none
/// after the last. Tensors and optimizer state stay their owner's, and are shared.
struct MlpParts {
  struct Layer {
    NamedParameter weight, bias;  // (out, in), (out)
  };
  std::vector<Layer> layers;
  std::string activation;
  OptimizerOptions optimizer;
  TensorDict state;  // Optimizer::state() over all parameters
};

}  // namespace ff
