#include "ff/forward_forward/goodness_learner.h"

#include <stdexcept>

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include "ff/core/separate_seed.h"
#include "ff/engines/gpu/devices.h"
#include "ff/forward_forward/engines/block_engines.h"
#include "ff/forward_forward/engines/cpu/training.h"
#include "ff/forward_forward/engines/gpu/training.h"
#include "ff/forward_forward/ff_measures.h"
#include "ff/forward_forward/hard_negatives.h"

namespace ff {
namespace {

class FFGroup : public LearnerGroup {
 public:
  explicit FFGroup(std::shared_ptr<gpu::FFTrainer> trainer) : trainer_(std::move(trainer)) {}
  void train_epoch(const Phase& phase, const std::vector<Epoch*>& epochs) override {
    trainer_->train_epoch(phase, epochs);
  }

 private:
  std::shared_ptr<gpu::FFTrainer> trainer_;
};

const FFLearnerOptions& checked(const FFLearnerOptions& options) {
  const auto problems = problems_of(options);
  if (problems.empty()) return options;
  throw OptionError(problems.front());
}

}  // namespace

FFLearner::FFLearner(FFLearnerOptions options, DataInfo info, PythonRandom& random)
    : options_(checked(options)),
      data_(options_, std::move(info), random),
      predict_layers_(at::zeros({depth_of(options_)}, at::kLong)),
      head_loss_(at::zeros({2}, at::kDouble)) {
  predict_with(options_.predict.layers.of(depth_of(options_), "predict.layers"));
  const auto& device = data_.info().device;
  network =
      FFNetwork(data_.info().shape, options_.model, options_.loss, options_.optimizer, device);
  if (options_.head.on()) {
    std::int64_t features = 0;
    for (const auto l : options_.head.layers.of(depth_of(options_), "head.layers")) {
      features += network->layers[l]->output_shape().features();
    }
    head = SoftmaxHead(features, data_.info().classes, options_.head.optimizer, device);
  }
  const auto engine = choose_engine(options_, device, data_.info().resident != nullptr).engine;
  if (engine != "fused") {
    training_ = std::make_unique<StagedTraining>(parts(), make_stages(parts(), engine));
  } else if (gpu::is_gpu(device)) {
    train_alone();
  } else {
    training_ = std::make_unique<fused::FusedTraining>(parts());
  }
}

void FFLearner::train_on_gpu(std::shared_ptr<gpu::FFTrainer> trainer, std::size_t place) {
  training_ = std::make_unique<gpu::GpuTraining>(std::move(trainer), place, parts());
}

std::vector<Phase> FFLearner::phases() const {
  const auto epochs = options_.schedule.epochs;
  std::vector<Phase> phases;
  if (options_.schedule.type == "parallel") {
    phases.push_back({"all layers", epochs});
  } else {
    for (std::int64_t i = 0; i < depth_of(options_); ++i) {
      phases.push_back({"layer " + std::to_string(i), epochs, i});
    }
  }
  if (head && !parts().head_along()) phases.push_back({kHeadPhase, options_.head.epochs});
  return phases;
}

void FFLearner::begin_epoch(bool first) {
  data_.begin_epoch(first);
  head_loss_.zero_();
}

void FFLearner::enter_epoch(const Phase& phase, std::int64_t epoch) {
  const auto factor = lr_scale(options_.optimizer, epoch, phase.epochs);
  for (auto& layer : network->layers) layer->set_lr_scale(factor);
  if (head) head->set_lr_scale(lr_scale(options_.head.optimizer, epoch, phase.epochs));
}

void FFLearner::train_epoch(const Phase& phase, Epoch& epoch) {
  training_->train_epoch(phase, epoch, head_loss_);
}

void FFLearner::train_alone() { train_on_gpu(gpu::make_trainer({parts()}), /*place=*/0); }

std::unique_ptr<LearnerGroup> FFLearner::together(const std::vector<FFLearner*>& learners) {
  std::vector<FFParts> networks;
  for (const auto* learner : learners) {
    TORCH_CHECK(dynamic_cast<gpu::GpuTraining*>(learner->training_.get()),
                "FFLearner: learners can only be trained together by the GPU engine");
    networks.push_back(learner->parts());
  }
  try {
    const auto trainer = gpu::make_trainer(networks);
    for (std::size_t i = 0; i < learners.size(); ++i) learners[i]->train_on_gpu(trainer, i);
    return std::make_unique<FFGroup>(trainer);
  } catch (...) {  // some networks' tensors may already have moved to the group
    for (auto* learner : learners) learner->train_alone();
    throw;
  }
}

void FFLearner::predict_with(const std::vector<std::int64_t>& layers) {
  predict_layers_.zero_();
  for (const auto layer : layers) predict_layers_[layer] = 1;
}

// Converts goodness so that the highest score wins (min-ssq: the smallest goodness). Negation is
// exact, so ties resolve as with argmin.
at::Tensor FFLearner::rising(const at::Tensor& goodness) const {
  return find_direction(options_.loss.direction) == Direction::kMinSsq ? goodness.neg() : goodness;
}

// Returns the mean score of the layers used for prediction, (N, C, L) -> (N, C).
at::Tensor FFLearner::by_chosen_layers(const at::Tensor& by_layer) const {
  const auto chosen = predict_layers_.nonzero().view({-1}).to(by_layer.device());
  return by_layer.index_select(/*dim=*/2, chosen).mean(/*dim=*/2);
}

Scores FFLearner::scores(const at::Tensor& inputs) {
  Scores scores;
  if (data_.labelled()) {
    scores.by_layer = rising(training_->goodness_by_label(inputs));
    scores.methods["goodness"] = by_chosen_layers(scores.by_layer);
  }
  if (head) {
    const auto without_label = data_.labelled() ? inputs.clone() : inputs;
    if (data_.labelled()) data_.overlay().write_neutral_(without_label);
    at::NoGradGuard no_grad;
    scores.methods["head"] = head->logits(training_->activities(without_label));
  }
  scores.classes = scores.methods.at(options_.predict.by);
  return scores;
}

TensorDict FFLearner::model() const {
  TensorDict model;
  for (const auto& item : network->named_parameters()) model[item.key()] = item.value();
  for (const auto& item : network->named_buffers()) {
    // Used by training only, therefore part of training_state().
    if (!item.key().ends_with("mean_activation")) model[item.key()] = item.value();
  }
  if (head) model["head.weight"] = head->weight;
  return model;
}

TensorDict FFLearner::training_state() const {
  auto state = data_.state();
  for (std::size_t i = 0; i < network->layers.size(); ++i) {
    merge(state, "layers." + std::to_string(i) + ".", network->layers[i]->training_state());
  }
  state["predict_layers"] = predict_layers_;
  if (!head) return state;
  merge(state, "head.", head->optimizer_state());
  state["head_loss"] = head_loss_;
  return state;
}

std::vector<at::Tensor> FFLearner::prunable_weights() const {
  std::vector<at::Tensor> weights;
  for (const auto& layer : network->layers) weights.push_back(layer->weight);
  return weights;
}

std::map<std::string, std::vector<double>> FFLearner::report() const {
  std::map<std::string, std::vector<double>> report = {{"thresholds", training_->thresholds()}};
  if (report["thresholds"].empty()) {
    for (const auto& layer : network->layers) {
      report["thresholds"].push_back(layer->threshold.item<float>());
    }
  }
  if (options_.predict.layers.by_validation) {
    const auto chosen = predict_layers_.nonzero().view({-1}).to(at::kDouble);
    const auto* layer = chosen.const_data_ptr<double>();
    report["predict_layers"] = {layer, layer + chosen.numel()};
  }
  const auto images = head_loss_[1].item<double>();
  if (images > 0) report["head_loss"] = {head_loss_[0].item<double>() / images};
  return report;
}

// Draws negatives as training does, but computes the head's input without dropout.
InputBatch FFLearner::negatives(const Batch& batch, const InputBatch& positives) {
  if (!data_.hard()) return data_.negatives(batch, positives);
  const auto logits = head->logits(training_->activities(data_.neutral(positives), false));
  return data_.negatives(positives, draw_hard_labels(logits.detach(), positives.labels));
}

TensorDict FFLearner::samples(const Batch& given) {
  const auto batch = ready_batch(data_.info(), given);
  const auto pos = data_.positives(batch);
  const auto neg = negatives(batch, pos);
  TensorDict samples = {{"1 positives", inputs_of(data_.overlay(), pos)},
                        {"2 negatives", inputs_of(data_.overlay(), neg)}};
  if (head && data_.labelled()) {
    samples["3 neutral"] = inputs_of(data_.overlay(), data_.neutral(pos));
  }
  if (neg.masks.defined()) {
    samples["3 masks"] =
        neg.masks.flatten(1).repeat({1, data_.info().shape.channels}).to(at::kFloat);
  }
  return samples;
}

// Returns the prediction as differentiable logits, scaled by the loss's temperature.
at::Tensor FFLearner::logits(const InputBatch& images) {
  const auto inputs = inputs_of(data_.overlay(), images);
  if (options_.predict.by == "head") {
    return head->logits(
        network->normalized_activities(inputs, parts().head_layers(), /*with_dropout=*/false));
  }
  const auto goodness = network->goodness_by_label(inputs, data_.overlay());
  return by_chosen_layers(rising(goodness)) / options_.loss.temperature;
}

Measures FFLearner::measures(const std::vector<Batch>& batches) {
  const SeparateSeedGuard own;
  const RandomStateGuard kept(data_.random());
  FFMeasures sums(network);
  for (const auto& given : batches) {
    auto batch = ready_batch(data_.info(), given);
    // Independent negatives: use the batch's images, rotated by one.
    for (auto* of : {&batch.indices, &batch.ids}) {
      if (data_.independent() && !of->empty()) of->push_back(of->front().roll(1));
    }
    auto pos = data_.positives(batch), neg = negatives(batch, pos);
    for (auto* inputs : {&pos, &neg}) inputs->moves = inputs->other_moves = {};
    sums.add({.positives = inputs_of(data_.overlay(), pos),
              .negatives = inputs_of(data_.overlay(), neg),
              .labels = FFData::own_labels(pos)},
             logits(data_.neutral(pos)));
  }
  return sums.result();
}

}  // namespace ff
