#include "ff/activation.h"

#include <ATen/Functions.h>

#include "ff/choice.h"

namespace ff {

const std::vector<Activation>& activations() {
  static const std::vector<Activation> all = {
      {"relu", [](const at::Tensor& x) { return at::relu(x); }},
      {"tanh", [](const at::Tensor& x) { return at::tanh(x); }},
      {"sigmoid", [](const at::Tensor& x) { return at::sigmoid(x); }},
      {"softplus", [](const at::Tensor& x) { return at::softplus(x); }},
      {"gelu", [](const at::Tensor& x) { return at::gelu(x); }},
  };
  return all;
}

const Activation& find_activation(const std::string& name) {
  return find_choice(activations(), name, "activation");
}

}  // namespace ff
