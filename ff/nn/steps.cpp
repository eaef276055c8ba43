#include "ff/nn/steps.h"

#include <algorithm>

#include "ff/nn/layer_kind.h"

namespace ff {

Steps::Module Steps::add(const LayerOptions& options,
                         Shape& shape,
                         const std::vector<Shape>& blocks) {
  const auto* kind = find_layer_kind(options.type);
  if (!kind) {
    steps_.push_back({true, &find_activation(options.type), nullptr});
    return {};
  }
  const auto layer = make_layer(options, {.input = shape, .blocks = blocks});
  shape = layer->output;
  steps_.push_back({kind->is_activation, nullptr, layer});
  const bool has_tensors = !layer->parameters().empty() || !layer->buffers().empty();
  return has_tensors ? Module{layer, kind->list} : Module{};
}

const Activation* Steps::only_activation() const {
  return steps_.size() == 1 ? steps_.front().activation : nullptr;
}

std::size_t Steps::first_activation() const {
  const auto found = std::find_if(
      steps_.begin(), steps_.end(), [](const Step& step) { return step.is_activation; });
  return static_cast<std::size_t>(found - steps_.begin());
}

at::Tensor Steps::run(
    at::Tensor x, std::size_t begin, std::size_t end, const BlockInputs& inputs, Pass pass) const {
  for (auto i = begin; i < end; ++i) {
    const auto& step = steps_[i];
    x = step.activation ? step.activation->forward(x) : step.layer->join(x, inputs, pass);
  }
  return x;
}

}  // namespace ff
