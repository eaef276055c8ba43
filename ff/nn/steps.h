// What follows a layer with weights: normalisation, non-linearity, pooling.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ff/nn/activation.h"
#include "ff/nn/layer.h"
#include "ff/nn/layer_options.h"

namespace ff {

/// Layers without weights that a rule trains, one after the other. Modules are the owner's, who
/// registers them.
class Steps {
 public:
  /// A layer that has tensors, to be registered, and the list that it belongs to ("norms").
  struct Module {
    std::shared_ptr<LayerImpl> layer;  // null: it has none
    std::string list;
  };

  /// Appends a layer. `shape` is that of a sample that comes in, and then of what goes out.
  Module add(const LayerOptions& layer, Shape& shape);

  /// All of them, or those before and from the first non-linearity.
  at::Tensor forward(const at::Tensor& x, Pass pass) const {
    return run(x, 0, steps_.size(), pass);
  }
  at::Tensor before_activation(const at::Tensor& x, Pass pass) const {
    return run(x, 0, first_activation(), pass);
  }
  at::Tensor from_activation(const at::Tensor& x, Pass pass) const {
    return run(x, first_activation(), steps_.size(), pass);
  }

  /// The non-linearity that is all there is; nullptr where there is none, or more.
  const Activation* only_activation() const;

 private:
  struct Step {
    bool is_activation;
    const Activation* activation;      // or
    std::shared_ptr<LayerImpl> layer;  // one of the two
  };

  std::size_t first_activation() const;
  at::Tensor run(at::Tensor x, std::size_t begin, std::size_t end, Pass pass) const;

  std::vector<Step> steps_;
};

}  // namespace ff
