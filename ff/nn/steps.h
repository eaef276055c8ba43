// What follows a layer with weights: normalisation, non-linearity, pooling.
#pragma once

#include <cstdint>
#include <vector>

#include "ff/nn/activation.h"
#include "ff/nn/batch_norm.h"
#include "ff/nn/layer_options.h"
#include "ff/nn/shape.h"

namespace ff {

/// Layers without weights that a rule trains, one after the other. Modules are the owner's, who
/// registers them.
class Steps {
 public:
  /// Appends a layer. `shape` is that of a sample that comes in, and then of what goes out. Returns
  /// the batch normalisation that was made for it; null for other layers.
  BatchNorm add(const LayerOptions& layer, Shape& shape);

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
  struct Step {  // one of the three
    const Activation* activation = nullptr;
    BatchNorm norm = nullptr;
    std::int64_t pool = 0;
  };

  std::size_t first_activation() const;
  at::Tensor run(at::Tensor x, std::size_t begin, std::size_t end, Pass pass) const;

  std::vector<Step> steps_;
};

}  // namespace ff
