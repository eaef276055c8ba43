#include "baselines/network_learner.h"

#include <stdexcept>

#include <ATen/Functions.h>

#include "baselines/measures.h"

namespace ff::baselines {

NetworkLearner::NetworkLearner(NetworkLearnerOptions options, ImageSet train)
    : options_(std::move(options)), train_(std::move(train)) {
  const auto units = options_.layers.empty() ? 0 : options_.layers.back().width;
  if (units != train_.classes) {
    throw std::invalid_argument("the last layer has " + std::to_string(units) +
                                " units, but there are " + std::to_string(train_.classes) +
                                " classes; it needs one unit per class");
  }
  check_augment(options_.augment, train_.height(), train_.width());
  network = Network(NetworkOptions{.input = {train_.channels(), train_.height(), train_.width()},
                                   .layers = options_.layers,
                                   .init = options_.init,
                                   .linear = options_.linear});
  network->to(train_.images.device());
  make_optimizer();
}

void NetworkLearner::make_optimizer(std::vector<NamedParameter> others) {
  auto parameters = network->all_parameters();
  for (auto& parameter : others) parameters.push_back(std::move(parameter));
  optimizer_ = ff::make_optimizer(options_.optimizer, std::move(parameters));
}

void NetworkLearner::enter_epoch(const Phase& phase, std::int64_t epoch) {
  optimizer_->set_rate_factor(rate_factor(options_.optimizer, epoch, phase.epochs));
}

at::Tensor NetworkLearner::rows_of(const Batch& batch) const {
  const auto& indices = batch.indices.front();
  return train_.rows(indices, draw_moves(options_.augment, indices.numel()));
}

at::Tensor NetworkLearner::labels_of(const Batch& batch) const {
  const auto& indices = batch.indices.front();
  return train_.labels.index_select(/*dim=*/0, indices.to(train_.labels.device()));
}

at::Tensor NetworkLearner::train_step(const Phase&, const Batch& batch) {
  const auto found = gradient(rows_of(batch), labels_of(batch), Pass::kTrain);
  optimizer_->set_gradients(found.by_name);
  optimizer_->step();
  return found.loss.view({-1});
}

Scores NetworkLearner::scores(const at::Tensor& rows) {
  at::NoGradGuard no_grad;
  return {network->forward(rows, Pass::kEvaluate), {}};
}

std::optional<double> NetworkLearner::loss(const at::Tensor& scores,
                                           const at::Tensor& labels) const {
  return at::cross_entropy_loss(scores, labels).item<double>();
}

std::vector<at::Tensor> NetworkLearner::prunable_weights() const {
  std::vector<at::Tensor> weights;
  for (const auto& layer : network->layers) weights.push_back(layer->weight);
  return weights;
}

Measures NetworkLearner::measures(const std::vector<Batch>& batches) {
  MeasureSums sums(network);
  for (const auto& batch : batches) {
    const auto rows = train_.rows(batch.indices.front());
    const auto labels = labels_of(batch);
    auto rule = gradient(rows, labels, Pass::kProbe).by_name;
    if (options_.optimizer.batch_manhattan) {
      for (auto& [name, tensor] : rule) tensor = tensor.sign();
    }
    sums.add(rule, rows, labels);
  }
  auto measures = sums.result();
  const auto pairs = feedback_pairs();
  if (!pairs.empty()) {
    measures["feedback_angle"] = feedback_angles(pairs);
    measures["feedback_signs"] = feedback_signs(pairs);
  }
  return measures;
}

}  // namespace ff::baselines
