#include "baselines/gradient.h"

#include <ATen/Functions.h>
#include <torch/csrc/autograd/autograd.h>

namespace ff::baselines {

Gradient backpropagate(const NetworkImpl& network,
                       const at::Tensor& inputs,
                       const at::Tensor& labels,
                       Pass pass) {
  return backpropagate(network, inputs, labels, pass, network.all_parameters());
}

Gradient backpropagate(const NetworkImpl& network,
                       const at::Tensor& inputs,
                       const at::Tensor& labels,
                       Pass pass,
                       const std::vector<NamedParameter>& parameters) {
  const auto loss = at::cross_entropy_loss(network.forward(inputs, pass), labels);
  return {loss.detach(), gradients_of({loss}, {{}}, parameters)};
}

TensorDict gradients_of(const std::vector<at::Tensor>& outputs,
                        const std::vector<at::Tensor>& directions,
                        const std::vector<NamedParameter>& parameters) {
  std::vector<at::Tensor> tensors;
  for (const auto& parameter : parameters) tensors.push_back(parameter.tensor);
  const auto gradients = torch::autograd::grad(outputs, tensors, directions);
  TensorDict by_name;
  for (std::size_t i = 0; i < parameters.size(); ++i) by_name[parameters[i].name] = gradients[i];
  return by_name;
}

}  // namespace ff::baselines
