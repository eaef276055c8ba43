#include "baselines/backward_learner.h"

#include <ATen/Functions.h>

#include "ff/engines/gpu/devices.h"

namespace ff::baselines {
namespace {

// Returns the activation of an MLP whose layers alternate between linear and one activation; empty
// if the layers are not such an MLP.
std::string mlp_activation(const std::vector<LayerOptions>& layers) {
  if (layers.size() == 1) return activations().front().name;  // no activation: any will do
  std::vector<std::int64_t> widths;
  for (const auto& layer : layers) {
    if (layer.type == "linear") widths.push_back(layer.width);
  }
  const auto activation = layers.size() < 2 ? "" : layers[1].type;
  return layers == mlp_layers(widths, activation) ? activation : "";
}

// Returns why the GPU engine does not support an MLP; empty if it does.
std::string reason_against_gpu(const std::string& rule,
                               const NetworkLearnerOptions& options,
                               const at::Device& device,
                               bool resident) {
  if (!resident) return "batches of a stream on a GPU";
  if (rule != "bp") return "model.type " + rule + " on a GPU";
  if (options.augment.on()) return "augment on a GPU";
  return gpu::reason_against(device);
}

}  // namespace

EngineChoice choose_engine(const std::string& rule,
                           const NetworkLearnerOptions& options,
                           const at::Device& device,
                           bool resident) {
  const auto activation = mlp_activation(options.layers);
  std::string obstacle;
  if (!find_backward_rule(rule).has_closed_form) {
    obstacle = "model.type " + rule;
  } else if (activation.empty()) {
    obstacle = "layers other than linear ones with one activation between them";
  } else if (!fused::find_activation_rows<float>(activation)) {
    obstacle = "model.activation " + activation;
  } else {
    obstacle = fused::missing_update(options.optimizer);
  }
  if (obstacle.empty() && gpu::is_gpu(device)) {
    obstacle = reason_against_gpu(rule, options, device, resident);
  } else if (obstacle.empty() && !device.is_cpu()) {
    obstacle = "a GPU";
  }
  return ff::choose_engine(options.engine, obstacle);
}

BackwardLearner::BackwardLearner(const std::string& name,
                                 NetworkLearnerOptions options,
                                 const FeedbackOptions& feedback,
                                 DataInfo info)
    : NetworkLearner(std::move(options), std::move(info)),
      rule(find_backward_rule(name).make(network, feedback)) {
  const auto learned = rule->learned_feedback();
  if (!learned.empty()) make_optimizer(learned);
  const bool resident = info_.resident != nullptr;
  if (choose_engine(name, options_, info_.device, resident).engine == "fused") make_engine();
}

void BackwardLearner::make_engine() {
  MlpParts parts{{}, mlp_activation(options_.layers), options_.optimizer, optimizer_->state()};
  for (std::size_t l = 0; l < network->depth(); ++l) {
    const auto parameters = network->parameters_of(l);
    parts.layers.push_back({parameters[0], parameters[1]});
  }
  const auto& place = info_.device;
  if (gpu::is_gpu(place)) {
    gpu_ =
        gpu::make_mlp_trainer(gpu::make_device(place), parts, *info_.resident, options_.batch_size);
    return;
  }
  fused_.emplace(parts,
                 options_.batch_size,
                 fused::background_of(info_, options_.fused),
                 rule->closed_form().value());
  batch_labels_.resize(options_.batch_size);
}

TensorDict BackwardLearner::training_state() const {
  auto state = NetworkLearner::training_state();
  merge(state, "", rule->state());
  return state;
}

Gradient BackwardLearner::gradient(const at::Tensor& inputs, const at::Tensor& labels, Pass pass) {
  return rule->gradient(inputs, labels, pass);
}

void BackwardLearner::train_epoch(const Phase& phase, Epoch& epoch) {
  if (!gpu_) return NetworkLearner::train_epoch(phase, epoch);
  gpu_->train_epoch(epoch);
}

at::Tensor BackwardLearner::train_step(const Phase& phase, const Batch& batch) {
  if (!fused_) return NetworkLearner::train_step(phase, batch);
  const auto ready = ready_batch(info_, batch);
  const auto count = ready.size();
  TORCH_CHECK(count <= options_.batch_size,
              "BackwardLearner: a batch of ",
              count,
              ", but batch_size is ",
              options_.batch_size);
  const auto& indices = ready.indices.front();
  const auto* index = indices.const_data_ptr<std::int64_t>();
  const auto* label = ready.samples->labels.const_data_ptr<std::int64_t>();
  for (std::int64_t i = 0; i < count; ++i) batch_labels_[i] = label[index[i]];
  ready.samples->rows_into(indices, draw_moves(options_.augment, count), fused_->pixels().row(0));
  return at::full({1}, fused_->train(count, batch_labels_.data()), at::kDouble);
}

Scores BackwardLearner::scores(const at::Tensor& inputs) {
  if (gpu_) return {gpu_->logits(inputs), {}};
  if (!fused_) return NetworkLearner::scores(inputs);
  return {fused_->logits(inputs), {}};
}

}  // namespace ff::baselines
