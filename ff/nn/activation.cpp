#include "ff/nn/activation.h"

#include <ATen/Functions.h>

#include "ff/core/choice.h"
#include "ff/core/open_list.h"

namespace ff {

namespace {

OpenList<Activation>& list_of_activations() {
  using at::Tensor;
  static OpenList<Activation> all("activation",
                                  {
                                      {"relu",
                                       [](const Tensor& x) { return at::relu(x); },
                                       [](const Tensor& grad, const Tensor&, const Tensor& y) {
                                         return at::threshold_backward(grad, y, /*threshold=*/0);
                                       }},
                                      {"tanh",
                                       [](const Tensor& x) { return at::tanh(x); },
                                       [](const Tensor& grad, const Tensor&, const Tensor& y) {
                                         return at::tanh_backward(grad, y);
                                       },
                                       /*bound=*/1},
                                      {"sigmoid",
                                       [](const Tensor& x) { return at::sigmoid(x); },
                                       [](const Tensor& grad, const Tensor&, const Tensor& y) {
                                         return at::sigmoid_backward(grad, y);
                                       },
                                       /*bound=*/1},
                                      {"softplus",
                                       [](const Tensor& x) { return at::softplus(x); },
                                       [](const Tensor& grad, const Tensor& x, const Tensor&) {
                                         return at::softplus_backward(
                                             grad, x, /*beta=*/1, /*threshold=*/20);
                                       }},
                                      {"gelu",
                                       [](const Tensor& x) { return at::gelu(x); },
                                       [](const Tensor& grad, const Tensor& x, const Tensor&) {
                                         return at::gelu_backward(grad, x);
                                       }},
                                  });
  return all;
}

}  // namespace

const std::vector<Activation>& activations() { return list_of_activations().read(); }

void register_activation(Activation activation) { list_of_activations().add(activation); }

const Activation& find_activation(const std::string& name) {
  return find_choice(activations(), name, "activation");
}

}  // namespace ff
