// Steps: the layers without weights that follow a layer with weights.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ff/nn/activation.h"
#include "ff/nn/layer.h"
#include "ff/nn/layer_options.h"

namespace ff {

/// A sequence of layers without trained weights: normalisation, activation, pooling. The caller
/// registers the modules that add() returns.
class Steps {
 public:
  /// A layer to register, and the module list it belongs to ("norms").
  struct Module {
    std::shared_ptr<LayerImpl> layer;  // null if the layer has no tensors
    std::string list;
  };

  /// Appends a layer; `shape` is updated from its input's to its output's. `blocks` are the shapes
  /// of the inputs of the blocks up to this one.
  Module add(const LayerOptions& layer, Shape& shape, const std::vector<Shape>& blocks);

  /// Runs all layers, or only those before, or from, the first activation. `inputs` are those of
  /// the blocks up to this one; layers from the activation on see none.
  at::Tensor forward(const at::Tensor& x, const BlockInputs& inputs, Pass pass) const {
    return run(x, 0, steps_.size(), inputs, pass);
  }
  at::Tensor before_activation(const at::Tensor& x, const BlockInputs& inputs, Pass pass) const {
    return run(x, 0, first_activation(), inputs, pass);
  }
  at::Tensor from_activation(const at::Tensor& x, Pass pass) const {
    return run(x, first_activation(), steps_.size(), {}, pass);
  }

  /// Returns the activation if it is the only layer, else nullptr.
  const Activation* only_activation() const;

 private:
  struct Step {
    bool is_activation;
    const Activation* activation;      // either this
    std::shared_ptr<LayerImpl> layer;  // or this is null
  };

  std::size_t first_activation() const;
  at::Tensor run(
      at::Tensor x, std::size_t begin, std::size_t end, const BlockInputs& inputs, Pass pass) const;

  std::vector<Step> steps_;
};

}  // namespace ff
