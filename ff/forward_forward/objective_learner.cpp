#include "ff/forward_forward/objective_learner.h"

#include <algorithm>

#include <ATen/Functions.h>
#include <torch/csrc/autograd/autograd.h>

#include "ff/core/separate_seed.h"
#include "ff/learn/gradient_measures.h"

namespace ff {
namespace {

const ObjectiveLearnerOptions& checked(const ObjectiveLearnerOptions& options,
                                       const DataInfo& info) {
  const auto problems = problems_of(options);
  if (!problems.empty()) throw OptionError(problems.front());
  check_augment(options.augment, info.shape.height, info.shape.width);
  if (info.resident || options.schedule.type == "parallel") return options;
  throw OptionError({"schedule.type",
                     "sequential passes over the training set once per layer, but a stream has no "
                     "length and is read only once; allowed with a stream: parallel"});
}

}  // namespace

std::vector<OptionProblem> problems_of(const ObjectiveLearnerOptions& options) {
  auto problems = problems_of_layers(options.model);
  if (!problems.empty()) return problems;
  const auto depth = static_cast<std::int64_t>(blocks_of(options.model).size());
  const auto text = options.predict.layers.problem(depth);
  if (text.empty()) return {};
  return {{"predict.layers", text}};
}

ObjectiveLearner::ObjectiveLearner(ObjectiveLearnerOptions options, DataInfo info)
    : options_(checked(options, info)), info_(std::move(info)) {
  network = ObjectiveNetwork(info_.shape,
                             info_.classes,
                             options_.model,
                             options_.objective,
                             options_.optimizer,
                             info_.device);
  predict_layers_ = at::zeros({depth()}, at::kLong);
  batches_done_ = at::zeros({1}, at::kLong);
  predict_with(options_.predict.layers.of(depth(), "predict.layers"));
}

std::vector<Phase> ObjectiveLearner::phases() const {
  const auto epochs = options_.schedule.epochs;
  if (options_.schedule.type == "parallel") return {{"all layers", epochs}};
  std::vector<Phase> phases;
  for (std::int64_t l = 0; l < depth(); ++l) {
    phases.push_back({"layer " + std::to_string(l), epochs, l});
  }
  return phases;
}

void ObjectiveLearner::begin_epoch(bool) { batches_done_.zero_(); }

void ObjectiveLearner::enter_epoch(const Phase& phase, std::int64_t epoch) {
  epoch_ = epoch;
  epochs_ = phase.epochs;
  for (std::int64_t l = 0; l < depth(); ++l) {
    if (phase.layer < 0 || phase.layer == l) network->layers[l]->objective().enter_epoch(epoch);
  }
}

// Sets the learning rates for the next batch. A stream has no length, so its rate changes by
// epochs.
void ObjectiveLearner::set_rate() {
  auto epoch = static_cast<double>(epoch_);
  if (info_.resident) {
    const auto batches = (info_.resident->size() + options_.batch_size - 1) / options_.batch_size;
    const auto done = *batches_done_.const_data_ptr<std::int64_t>();
    epoch += static_cast<double>(std::min(done, batches - 1)) / static_cast<double>(batches);
  }
  const auto factor = lr_scale(options_.optimizer, epoch, epochs_);
  for (auto& block : network->layers) block->set_lr_scale(factor);
}

at::Tensor ObjectiveLearner::train_step(const Phase& phase, const Batch& given) {
  set_rate();
  ++*batches_done_.mutable_data_ptr<std::int64_t>();
  const auto batch = ready_batch(info_, given);
  auto x = batch.samples->rows(batch.indices.front(), draw_moves(options_.augment, batch.size()));
  const auto labels = batch.labels();
  if (phase.layer >= 0) {
    const auto trained = static_cast<std::size_t>(phase.layer);
    return network->layers[trained]
        ->train_step(network->features(x, trained), labels)
        .loss.view({1});
  }
  std::vector<at::Tensor> losses;
  for (auto& block : network->layers) {
    auto step = block->train_step(x, labels);
    x = step.activations;
    losses.push_back(step.loss);
  }
  return at::stack(losses);
}

void ObjectiveLearner::predict_with(const std::vector<std::int64_t>& layers) {
  predict_layers_.zero_();
  for (const auto layer : layers) predict_layers_[layer] = 1;
}

// Returns the mean score of the layers used for prediction, (N, C, L) -> (N, C); it predicts what
// their sum does.
at::Tensor ObjectiveLearner::by_chosen_layers(const at::Tensor& by_layer) const {
  const auto chosen = predict_layers_.nonzero().view({-1}).to(by_layer.device());
  return by_layer.index_select(/*dim=*/2, chosen).mean(/*dim=*/2);
}

Scores ObjectiveLearner::scores(const at::Tensor& rows) {
  at::NoGradGuard no_grad;
  const auto by_layer = network->scores(rows);
  return {.classes = by_chosen_layers(by_layer), .by_layer = by_layer, .methods = {}};
}

TensorDict ObjectiveLearner::model() const {
  TensorDict model;
  for (const auto& item : network->named_parameters()) model[item.key()] = item.value();
  for (const auto& item : network->named_buffers()) model[item.key()] = item.value();
  return model;
}

TensorDict ObjectiveLearner::training_state() const {
  TensorDict state = {{"predict_layers", predict_layers_}, {"batches_done", batches_done_}};
  for (std::size_t l = 0; l < network->layers.size(); ++l) {
    merge(state, "layers." + std::to_string(l) + ".", network->layers[l]->optimizer_state());
  }
  return state;
}

std::vector<at::Tensor> ObjectiveLearner::prunable_weights() const {
  std::vector<at::Tensor> weights;
  for (const auto& block : network->layers) weights.push_back(block->weight());
  return weights;
}

std::map<std::string, std::vector<double>> ObjectiveLearner::report() const {
  if (!options_.predict.layers.by_validation) return {};
  const auto chosen = predict_layers_.nonzero().view({-1}).to(at::kDouble);
  const auto* layer = chosen.const_data_ptr<double>();
  return {{"predict_layers", {layer, layer + chosen.numel()}}};
}

TensorDict ObjectiveLearner::samples(const Batch& given) {
  const auto batch = ready_batch(info_, given);
  const auto moves = draw_moves(options_.augment, batch.size());
  return {{"1 inputs", batch.samples->rows(batch.indices.front(), moves)}};
}

// Compares the gradient of each block's own loss with that of the cross-entropy of the network's
// scores, at the block's weight.
Measures ObjectiveLearner::measures(const std::vector<Batch>& batches) {
  const SeparateSeedGuard own;
  GradientMeasures measures(network->layers.size(), network->layers.size());
  std::vector<at::Tensor> weights = prunable_weights();
  for (const auto& given : batches) {
    const auto batch = ready_batch(info_, given);
    auto x = batch.samples->rows(batch.indices.front());
    const auto loss = at::cross_entropy_loss(by_chosen_layers(network->scores(x)), batch.labels());
    const auto truth = torch::autograd::grad({loss},
                                             weights,
                                             /*grad_outputs=*/{},
                                             /*retain_graph=*/std::nullopt,
                                             /*create_graph=*/false,
                                             /*allow_unused=*/true);
    for (std::size_t l = 0; l < network->layers.size(); ++l) {
      auto& block = network->layers[l];
      const auto own_gradient =
          torch::autograd::grad({block->loss(x, batch.labels())}, {weights[l]}).front();
      at::NoGradGuard no_grad;
      x = block->forward(x);
      measures.add_activations(l, x);
      if (truth[l].defined()) measures.add_gradient(l, own_gradient, truth[l]);
    }
  }
  return measures.result();
}

}  // namespace ff
