#include "baselines/local_learner.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include "baselines/local_similarity.h"
#include "ff/core/separate_seed.h"

namespace ff::baselines {
namespace {

std::string prefix(std::size_t l, std::size_t i) {
  return "local." + std::to_string(l) + "." + std::to_string(i) + ".";
}

}  // namespace

LocalLearner::LocalLearner(LocalRule rule, NetworkLearnerOptions options, DataInfo info)
    : NetworkLearner(std::move(options), std::move(info)),
      losses(network->depth() - 1),
      rule_(std::move(rule)) {
  if (rule_.sequential) refuse_stream("schedule.type", "sequential", "parallel");
  std::vector<NamedParameter> others;
  const SeparateSeedGuard own;
  for (std::size_t l = 0; l < losses.size(); ++l) {
    add_losses(l);
    for (auto& parameter : local_parameters(l)) others.push_back(std::move(parameter));
  }
  if (rule_.name != "greedy") {
    at::NoGradGuard no_grad;
    network->layers.back()->weight.zero_();
  }
  make_optimizer(std::move(others));
}

void LocalLearner::add_losses(std::size_t l) {
  const auto& shape = network->shape_after(l);
  const auto device = info_.device;
  if (rule_.name != "sim") {
    const bool greedy = rule_.name == "greedy";
    auto prediction = std::make_unique<LocalPrediction>(
        LocalPrediction::Options{
            .pooling = greedy ? Pooling::kToTwo : Pooling::kToInputs,
            .most_inputs = rule_.local.decoder_inputs,
            .classifier = greedy ? rule_.auxiliary : AuxiliaryOptions{.hidden_layers = 0},
            .zero = !greedy},
        shape,
        info_.classes);
    prediction->classifier->to(device);
    losses[l].push_back(std::move(prediction));
  }
  if (rule_.name == "sim" || rule_.name == "predsim") {
    auto similarity = std::make_unique<LocalSimilarity>(shape, info_.classes);
    similarity->weight = similarity->weight.detach().to(device).requires_grad_();
    losses[l].push_back(std::move(similarity));
  }
}

std::vector<NamedParameter> LocalLearner::local_parameters(std::size_t l) const {
  std::vector<NamedParameter> all;
  for (std::size_t i = 0; i < losses[l].size(); ++i) {
    for (auto& [name, tensor] : losses[l][i]->parameters()) {
      all.push_back({prefix(l, i) + name, tensor});
    }
  }
  return all;
}

std::vector<Phase> LocalLearner::phases() const {
  if (!rule_.sequential) return {{"all layers", options_.epochs}};
  std::vector<Phase> phases;
  for (std::size_t l = 0; l < network->depth(); ++l) {
    phases.push_back({"layer " + std::to_string(l), options_.epochs, static_cast<std::int64_t>(l)});
  }
  return phases;
}

at::Tensor LocalLearner::train_step(const Phase& phase, const Batch& batch) {
  if (phase.layer < 0) return NetworkLearner::train_step(phase, batch);
  const auto trained = static_cast<std::size_t>(phase.layer);
  auto x = network->input(inputs_of(batch));
  {
    at::NoGradGuard no_grad;
    for (std::size_t l = 0; l < trained; ++l) {
      x = network->after(l, network->layers[l]->forward(x), Pass::kEvaluate);
    }
  }
  Gradient found;
  add_block(found, trained, x, labels_of(batch), Pass::kTrain);
  optimizer_->set_gradients(found.by_name);
  optimizer_->step();
  return found.loss.view({1});
}

at::Tensor LocalLearner::local_loss(std::size_t l,
                                    const at::Tensor& h,
                                    const at::Tensor& labels,
                                    Pass pass) const {
  const auto beta = rule_.local.beta;
  if (l == losses.size()) {
    const auto loss = at::cross_entropy_loss(h, labels);
    return rule_.name == "predsim" ? (1 - beta) * loss : loss;
  }
  const auto loss = losses[l][0]->loss(h, labels, pass);
  if (losses[l].size() == 1) return loss;
  return (1 - beta) * loss + beta * losses[l][1]->loss(h, labels, pass);
}

at::Tensor LocalLearner::add_block(Gradient& found,
                                   std::size_t l,
                                   const at::Tensor& x,
                                   const at::Tensor& labels,
                                   Pass pass) const {
  const auto h = network->after(l, network->layers[l]->forward(x), pass);
  found.loss = local_loss(l, h, labels, pass);
  auto parameters = network->parameters_of(l);
  if (l < losses.size()) {
    for (auto& parameter : local_parameters(l)) parameters.push_back(std::move(parameter));
  }
  found.by_name.merge(gradients_of({found.loss}, {{}}, parameters));
  found.loss = found.loss.detach();
  return h.detach();
}

Gradient LocalLearner::gradient(const at::Tensor& inputs, const at::Tensor& labels, Pass pass) {
  Gradient found;
  std::vector<at::Tensor> all;
  auto x = network->input(inputs);
  for (std::size_t l = 0; l < network->depth(); ++l) {
    x = add_block(found, l, x, labels, pass);
    all.push_back(found.loss);
  }
  found.loss = at::stack(all);
  return found;
}

Scores LocalLearner::scores(const at::Tensor& inputs) {
  at::NoGradGuard no_grad;
  std::vector<at::Tensor> by_layer;
  auto x = network->input(inputs);
  for (std::size_t l = 0; l < network->depth(); ++l) {
    x = network->after(l, network->layers[l]->forward(x), Pass::kEvaluate);
    by_layer.push_back(l < losses.size() ? losses[l][0]->scores(x) : x);
  }
  if (!by_layer.front().defined()) return {x, {}};
  return {x, at::stack(by_layer, /*dim=*/2)};
}

TensorDict LocalLearner::training_state() const {
  auto state = NetworkLearner::training_state();
  for (std::size_t l = 0; l < losses.size(); ++l) {
    for (std::size_t i = 0; i < losses[l].size(); ++i) {
      merge(state, prefix(l, i), losses[l][i]->tensors());
    }
  }
  return state;
}

}  // namespace ff::baselines
