#include "ff/nn/steps.h"

#include <algorithm>

#include <ATen/Functions.h>

#include "ff/nn/weighted_layer.h"

namespace ff {

BatchNorm Steps::add(const LayerOptions& layer, Shape& shape) {
  if (layer.type == "batch-norm") {
    const BatchNorm norm(shape.channels, layer.affine);
    steps_.push_back({.norm = norm});
    return norm;
  }
  if (layer.type == "max-pool") {
    shape = {shape.channels,
             kernel_positions(shape.height, layer, layer.kernel),
             kernel_positions(shape.width, layer, layer.kernel)};
    steps_.push_back({.pool = layer.kernel});
  } else {
    steps_.push_back({.activation = &find_activation(layer.type)});
  }
  return nullptr;
}

const Activation* Steps::only_activation() const {
  return steps_.size() == 1 ? steps_.front().activation : nullptr;
}

std::size_t Steps::first_activation() const {
  const auto found =
      std::find_if(steps_.begin(), steps_.end(), [](const Step& step) { return step.activation; });
  return static_cast<std::size_t>(found - steps_.begin());
}

at::Tensor Steps::run(at::Tensor x, std::size_t begin, std::size_t end, Pass pass) const {
  for (auto i = begin; i < end; ++i) {
    const auto& step = steps_[i];
    if (step.activation) {
      x = step.activation->forward(x);
    } else if (step.pool) {
      x = at::max_pool2d(x, step.pool);
    } else {
      x = step.norm->forward(x, pass);
    }
  }
  return x;
}

}  // namespace ff
