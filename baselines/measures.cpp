#include "baselines/measures.h"

#include <ATen/core/grad_mode.h>

namespace ff::baselines {
namespace {

template <class Measure>
std::vector<double> of_pairs(const std::vector<FeedbackPair>& pairs, double same, Measure measure) {
  std::vector<double> values;
  for (const auto& [feedback, exact] : pairs) {
    values.push_back(feedback.defined() ? measure(feedback, exact) : same);
  }
  return values;
}

}  // namespace

at::Tensor weights_above(const NetworkImpl& network, std::size_t l) {
  auto product = network.layers.back()->weight.detach();
  for (auto i = network.depth() - 1; i-- > l + 1;) {
    product = product.mm(network.layers[i]->weight.detach());
  }
  return product;
}

std::vector<double> feedback_angles(const std::vector<FeedbackPair>& pairs) {
  return of_pairs(pairs, 0, angle_between);
}

std::vector<double> feedback_signs(const std::vector<FeedbackPair>& pairs) {
  return of_pairs(pairs, 1, sign_agreement);
}

void MeasureSums::add(const TensorDict& rule, const at::Tensor& inputs, const at::Tensor& labels) {
  const auto truth = backpropagate(*network_, inputs, labels, Pass::kProbe).by_name;
  for (std::size_t l = 0; l < network_->depth(); ++l) {
    const auto name = "layers." + std::to_string(l) + ".weight";
    const auto found = rule.find(name);
    if (found == rule.end()) continue;  // a layer that the rule does not train
    measures_.add_gradient(l, found->second, truth.at(name));
  }
  measure_units(inputs);
}

void MeasureSums::measure_units(const at::Tensor& inputs) {
  at::NoGradGuard no_grad;
  auto x = network_->input(inputs);
  for (std::size_t l = 0; l + 1 < network_->depth(); ++l) {
    x = network_->after(l, network_->layers[l]->forward(x), Pass::kProbe);
    measures_.add_activations(l, x);
  }
}

}  // namespace ff::baselines
