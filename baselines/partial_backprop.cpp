#include "baselines/partial_backprop.h"

#include <ATen/Functions.h>

namespace ff::baselines {

std::vector<std::size_t> trained_layers(const std::string& control, std::size_t depth) {
  TORCH_CHECK(control == "readout" || control == "first-layer", "no control '", control, "'");
  if (control == "readout" || depth == 1) return {depth - 1};
  return {0, depth - 1};
}

PartialBackprop::PartialBackprop(const std::string& control,
                                 NetworkLearnerOptions options,
                                 DataInfo info)
    : NetworkLearner(std::move(options), std::move(info)) {
  for (const auto l : trained_layers(control, network->depth())) {
    for (auto& parameter : network->parameters_of(l)) trained_.push_back(std::move(parameter));
  }
}

Gradient PartialBackprop::gradient(const at::Tensor& inputs, const at::Tensor& labels, Pass pass) {
  return backpropagate(*network, inputs, labels, pass, trained_);
}

}  // namespace ff::baselines
