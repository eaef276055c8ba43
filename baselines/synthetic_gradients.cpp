#include "baselines/synthetic_gradients.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>

#include "ff/core/separate_seed.h"

namespace ff::baselines {
namespace {

std::string prefix(std::size_t l) { return "predictors." + std::to_string(l) + "."; }

std::vector<NamedParameter> parameters(const Network& predictor, std::size_t l) {
  auto list = predictor->all_parameters();
  for (auto& parameter : list) parameter.name = prefix(l) + parameter.name;
  return list;
}

}  // namespace

SyntheticGradients::SyntheticGradients(const SyntheticOptions& synthetic,
                                       bool conditioned,
                                       NetworkLearnerOptions options,
                                       DataInfo info)
    : MlpLearner(std::move(options), std::move(info)), conditioned_(conditioned) {
  std::vector<NamedParameter> others;
  const SeparateSeedGuard own;
  for (std::size_t l = 0; l + 1 < network->depth(); ++l) {
    const auto units = network->layers[l]->output.features();
    std::vector<std::int64_t> widths(synthetic.hidden_layers, synthetic.width.value_or(units));
    widths.push_back(units);
    const auto inputs = units + (conditioned ? info_.classes : 0);
    Network predictor(
        NetworkOptions{.input = {inputs, 1, 1}, .layers = mlp_layers(widths, "relu")});
    at::NoGradGuard no_grad;
    predictor->layers.back()->weight.zero_();
    predictor->layers.back()->bias.zero_();
    predictor->to(info_.device);
    for (auto& parameter : parameters(predictor, l)) others.push_back(std::move(parameter));
    predictors.push_back(std::move(predictor));
  }
  make_optimizer(std::move(others));
}

at::Tensor SyntheticGradients::predict(std::size_t l,
                                       const at::Tensor& h,
                                       const at::Tensor& labels) const {
  if (!conditioned_) return predictors[l]->forward(h, Pass::kTrain);
  const auto context = at::one_hot(labels, info_.classes).to(h.dtype());
  return predictors[l]->forward(at::cat({h, context}, /*dim=*/1), Pass::kTrain);
}

void SyntheticGradients::add_predictor(TensorDict& by_name,
                                       std::size_t l,
                                       const at::Tensor& guess,
                                       const at::Tensor& truth) const {
  if (!guess.requires_grad()) return;
  const auto direction = (guess.detach() - truth) * (2.0 / static_cast<double>(guess.size(0)));
  by_name.merge(gradients_of({guess}, {direction}, parameters(predictors[l], l)));
}

Gradient SyntheticGradients::gradient(const at::Tensor& inputs, const at::Tensor& labels, Pass) {
  const auto trace = mlp_.trace(inputs);
  const auto output = output_error(trace.logits(), labels);
  const auto count = static_cast<double>(labels.size(0));
  Gradient found{output.loss, {}};
  auto delta = output.delta;
  for (auto l = mlp_.depth(); l-- > 0;) {
    add_layer(found.by_name, l, delta, trace.h[l]);
    if (l == 0) break;
    const auto& h = trace.h[l];  // output of hidden layer l - 1
    const auto guess = predict(l - 1, h, labels);
    add_predictor(found.by_name, l - 1, guess, count * delta.mm(mlp_.weight(l)));
    delta = mlp_.slope(l - 1, guess.detach() / count, trace.z[l - 1], h);
  }
  return found;
}

TensorDict SyntheticGradients::training_state() const {
  auto state = MlpLearner::training_state();
  for (std::size_t l = 0; l < predictors.size(); ++l) {
    merge(state, prefix(l), predictors[l]->tensors());
  }
  return state;
}

}  // namespace ff::baselines
