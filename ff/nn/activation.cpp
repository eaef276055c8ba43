#include "ff/nn/activation.h"

#include <ATen/Functions.h>

#include "ff/core/find_choice.h"
#include "ff/core/open_list.h"
#include "ff/math/activation.h"

namespace ff {
namespace {

// Tensor operations and backward pass that autograd uses for each closed form.
Activation activation_of(fused::portable::Relu) {
  return {fused::portable::Relu::name,
          [](const at::Tensor& x) { return at::relu(x); },
          [](const at::Tensor& grad, const at::Tensor&, const at::Tensor& y) {
            return at::threshold_backward(grad, y, /*threshold=*/0);
          }};
}

Activation activation_of(fused::portable::Tanh) {
  return {fused::portable::Tanh::name,
          [](const at::Tensor& x) { return at::tanh(x); },
          [](const at::Tensor& grad, const at::Tensor&, const at::Tensor& y) {
            return at::tanh_backward(grad, y);
          },
          /*bound=*/1};
}

Activation activation_of(fused::portable::Sigmoid) {
  return {fused::portable::Sigmoid::name,
          [](const at::Tensor& x) { return at::sigmoid(x); },
          [](const at::Tensor& grad, const at::Tensor&, const at::Tensor& y) {
            return at::sigmoid_backward(grad, y);
          },
          /*bound=*/1};
}

Activation activation_of(fused::portable::Softplus) {
  return {fused::portable::Softplus::name,
          [](const at::Tensor& x) { return at::softplus(x); },
          [](const at::Tensor& grad, const at::Tensor& x, const at::Tensor&) {
            return at::softplus_backward(grad, x, /*beta=*/1, /*threshold=*/20);
          }};
}

Activation activation_of(fused::portable::Gelu) {
  return {fused::portable::Gelu::name,
          [](const at::Tensor& x) { return at::gelu(x); },
          [](const at::Tensor& grad, const at::Tensor& x, const at::Tensor&) {
            return at::gelu_backward(grad, x);
          }};
}

template <class... Phi>
std::vector<Activation> all_activations(Types<Phi...>) {
  return {activation_of(Phi{})...};
}

OpenList<Activation>& list_of_activations() {
  static OpenList<Activation> all("activation", all_activations(fused::portable::Activations{}));
  return all;
}

}  // namespace

const std::vector<Activation>& activations() { return list_of_activations().read(); }

void register_activation(Activation activation) { list_of_activations().add(activation); }

const Activation& find_activation(const std::string& name) {
  return find_choice(activations(), name, "activation");
}

}  // namespace ff
