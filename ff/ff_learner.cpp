#include "ff/ff_learner.h"

#include <numeric>
#include <stdexcept>

#include <ATen/Functions.h>

namespace ff {
namespace {

LabelOverlay make_overlay(const LabelOptions& options, const ImageSet& train) {
  const double value = options.value.is_word() ? train.max_value() : options.value.number;
  return {train.classes, train.width(), value, options.neutral};
}

}  // namespace

std::vector<std::int64_t> LayerChoice::of(std::int64_t depth) const {
  std::vector<std::int64_t> chosen = list;
  if (all || first) {
    const auto count = all ? depth : *first;
    if (count < 1 || count > depth) {
      throw std::invalid_argument("predict.layers: the first " + std::to_string(count) +
                                  " layers of " + std::to_string(depth) + "; allowed: 1 to " +
                                  std::to_string(depth));
    }
    chosen.resize(count);
    std::iota(chosen.begin(), chosen.end(), 0);
  }
  for (const auto layer : chosen) {
    if (layer < 0 || layer >= depth) {
      throw std::invalid_argument("predict.layers: there is no layer " + std::to_string(layer) +
                                  "; allowed: 0 to " + std::to_string(depth - 1));
    }
  }
  return chosen;
}

FFLearner::FFLearner(FFLearnerOptions options, ImageSet train, PythonRandom& random)
    : options_(std::move(options)),
      train_(std::move(train)),
      random_(random),
      overlay_(make_overlay(options_.label, train_)),
      predict_layers_(
          options_.predict.layers.of(static_cast<std::int64_t>(options_.model.widths.size()))) {
  wrong_labels_ = draw_wrong_labels(train_.labels, random_).to(train_.labels.device());
  network = FFNetwork(
      train_.features(), options_.model, options_.loss, options_.optimizer, train_.images.device());
  if (choose_engine(options_, train_.images.device()) == "fused") {
    fused_.emplace(network,
                   options_.model,
                   options_.loss,
                   options_.optimizer,
                   options_.fused,
                   train_,
                   options_.batch_size,
                   options_.negatives.redraw == "never");
  }
}

std::string choose_engine(const FFLearnerOptions& options, const at::Device& device) {
  const auto reason = fused::reason_against(options.model, options.loss, options.optimizer);
  return fused::choose_engine(options.engine, reason, device);
}

std::vector<Phase> FFLearner::phases() const {
  const auto epochs = options_.schedule.epochs;
  if (options_.schedule.type == "parallel") return {{"all layers", epochs}};
  std::vector<Phase> phases;
  for (std::size_t i = 0; i < network->layers.size(); ++i) {
    phases.push_back({"layer " + std::to_string(i), epochs, static_cast<std::int64_t>(i)});
  }
  return phases;
}

std::int64_t FFLearner::streams() const {
  return options_.negatives.pairing == "independent" ? 2 : 1;
}

void FFLearner::begin_epoch(bool first) {
  if (first || options_.negatives.redraw == "never") return;
  wrong_labels_.copy_(draw_wrong_labels(train_.labels, random_));
}

void FFLearner::enter_epoch(const Phase& phase, std::int64_t epoch) {
  const auto factor = rate_factor(options_.optimizer, epoch, phase.epochs);
  for (auto& layer : network->layers) layer->set_rate_factor(factor);
}

at::Tensor FFLearner::labelled_rows(const at::Tensor& indices, const at::Tensor& labels) const {
  auto rows = train_.rows(indices);
  overlay_.write_(rows, labels.index_select(/*dim=*/0, indices.to(labels.device())));
  return rows;
}

at::Tensor FFLearner::train_batch(const Phase& phase, const Batch& batch) {
  if (fused_) {
    return fused_->train_batch(
        phase, batch.indices.front(), train_.labels, batch.indices.back(), wrong_labels_, overlay_);
  }
  const auto pos = labelled_rows(batch.indices.front(), train_.labels);
  const auto neg = labelled_rows(batch.indices.back(), wrong_labels_);
  return phase.layer >= 0 ? train_one_layer(phase.layer, pos, neg) : train_all_layers(pos, neg);
}

at::Tensor FFLearner::train_one_layer(std::int64_t layer,
                                      const at::Tensor& pos,
                                      const at::Tensor& neg) {
  const auto frozen = static_cast<std::size_t>(layer);
  const auto step = network->layers[frozen]->train_step(network->features(pos, frozen),
                                                        network->features(neg, frozen));
  return step.loss.view({1});
}

at::Tensor FFLearner::train_all_layers(at::Tensor pos, at::Tensor neg) {
  std::vector<at::Tensor> losses;
  for (auto& layer : network->layers) {
    auto step = layer->train_step(pos, neg);
    pos = step.activations_pos;
    neg = step.activations_neg;
    losses.push_back(step.loss);
  }
  return at::stack(losses);
}

Scores FFLearner::scores(const at::Tensor& rows) {
  auto by_layer = fused_ ? fused_->engine().goodness_by_label(rows, overlay_)
                         : network->goodness_by_label(rows, overlay_);
  // The smallest goodness wins under min-ssq; negation is exact, so ties fall as in argmin.
  if (find_direction(options_.loss.direction) == Direction::kMinSsq) by_layer = by_layer.neg();
  const auto chosen = at::tensor(predict_layers_, at::kLong).to(rows.device());
  return {by_layer.index_select(/*dim=*/2, chosen).mean(/*dim=*/2), by_layer};
}

TensorDict FFLearner::model() const {
  TensorDict model;
  for (const auto& item : network->named_parameters()) model[item.key()] = item.value();
  return model;
}

TensorDict FFLearner::training_state() const {
  TensorDict state = {{"wrong_labels", wrong_labels_}, {"label_value", overlay_.value()}};
  for (std::size_t i = 0; i < network->layers.size(); ++i) {
    merge(state, "layers." + std::to_string(i) + ".", network->layers[i]->optimizer_state());
  }
  return state;
}

std::vector<at::Tensor> FFLearner::prunable_weights() const {
  std::vector<at::Tensor> weights;
  for (const auto& layer : network->layers) weights.push_back(layer->weight);
  return weights;
}

std::map<std::string, std::vector<double>> FFLearner::report() const {
  std::vector<double> thresholds;
  for (const auto& layer : network->layers) thresholds.push_back(layer->threshold.item<float>());
  return {{"thresholds", thresholds}};
}

}  // namespace ff
