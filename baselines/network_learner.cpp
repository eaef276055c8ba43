#include "baselines/network_learner.h"

#include <stdexcept>

#include <ATen/Functions.h>

#include "baselines/measures.h"
#include "ff/core/option_error.h"

namespace ff::baselines {

NetworkLearner::NetworkLearner(NetworkLearnerOptions options, DataInfo info)
    : options_(std::move(options)), info_(std::move(info)) {
  const auto units = options_.layers.empty() ? 0 : options_.layers.back().width;
  if (units != info_.classes) {
    throw std::invalid_argument("the last layer has " + std::to_string(units) +
                                " units, but there are " + std::to_string(info_.classes) +
                                " classes; it needs one unit per class");
  }
  check_augment(options_.augment, info_.shape.height, info_.shape.width);
  network = Network(NetworkOptions{.input = info_.shape,
                                   .layers = options_.layers,
                                   .init = options_.init,
                                   .linear = options_.linear});
  network->to(info_.device);
  make_optimizer();
}

void NetworkLearner::make_optimizer(std::vector<NamedParameter> others) {
  auto parameters = network->all_parameters();
  for (auto& parameter : others) parameters.push_back(std::move(parameter));
  optimizer_ = ff::make_optimizer(options_.optimizer, std::move(parameters));
}

void NetworkLearner::enter_epoch(const Phase& phase, std::int64_t epoch) {
  optimizer_->set_lr_scale(lr_scale(options_.optimizer, epoch, phase.epochs));
}

void NetworkLearner::refuse_stream(const std::string& path,
                                   const std::string& what,
                                   const std::string& allowed) const {
  if (info_.resident) return;
  throw OptionError({path,
                     what +
                         " passes over the training set once per phase, but a stream is read only "
                         "once; allowed with a stream: " +
                         allowed});
}

at::Tensor NetworkLearner::inputs_of(const Batch& batch) const {
  const auto ready = ready_batch(info_, batch);
  return ready.samples->rows(ready.indices.front(), draw_moves(options_.augment, ready.size()));
}

at::Tensor NetworkLearner::labels_of(const Batch& batch) const {
  return batch.labels().to(info_.device);
}

at::Tensor NetworkLearner::train_step(const Phase&, const Batch& batch) {
  const auto found = gradient(inputs_of(batch), labels_of(batch), Pass::kTrain);
  optimizer_->set_gradients(found.by_name);
  optimizer_->step();
  return found.loss.view({-1});
}

Scores NetworkLearner::scores(const at::Tensor& inputs) {
  at::NoGradGuard no_grad;
  return {network->forward(inputs, Pass::kEvaluate), {}};
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
    const auto ready = ready_batch(info_, batch);
    const auto inputs = ready.samples->rows(ready.indices.front());
    const auto labels = ready.labels();
    auto rule = gradient(inputs, labels, Pass::kProbe).by_name;
    if (options_.optimizer.batch_manhattan) {
      for (auto& [name, tensor] : rule) tensor = tensor.sign();
    }
    sums.add(rule, inputs, labels);
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
