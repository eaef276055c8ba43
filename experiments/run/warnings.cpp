#include "experiments/run/warnings.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <tuple>

#include "baselines/backward_rule.h"
#include "experiments/learners/idle_keys.h"
#include "experiments/learners/kinds.h"
#include "ff/core/text.h"
#include "ff/forward_forward/goodness.h"
#include "ff/nn/activation.h"

namespace ff::experiments {
namespace {

constexpr const char* kSaid = "FF_WARNINGS_SAID";

// Returns the number of updates that each layer receives.
double steps_of(const Config& config, const DataSplit& data) {
  const auto batches = (data.train.size() + config.batch_size - 1) / config.batch_size;
  const auto steps = config.schedule.epochs * batches;
  return static_cast<double>(std::min(steps, config.schedule.max_steps.value_or(steps)));
}

// A bounded activation limits the sum of squares, so a threshold above that limit is unreachable.
std::string unreachable_threshold(const Config& config, const DataSplit&) {
  if (is_idle(config, "model.threshold")) return "";
  const auto& model = config.model;
  const auto bound = find_activation(model.activation).bound;
  const auto& goodness = find_goodness(model.goodness);
  if (std::isinf(bound) || !goodness.scale) return "";
  for (std::size_t l = 0; l < model.widths.size(); ++l) {
    const auto width = static_cast<double>(model.widths[l]);
    const auto& initial = model.threshold.initial;
    const auto threshold = initial.is_word() ? width : initial.number;
    const auto highest = goodness.scale(width) * width * bound * bound;
    if (threshold < highest) continue;
    return "model.threshold.initial: " + significant(threshold) +
           " cannot be reached: the activations " + "of " + model.activation + " are at most " +
           significant(bound) + ", so the " + model.goodness + " goodness of layer " +
           std::to_string(l) + " stays below " + significant(highest) +
           ", and its units saturate; set it well below, for example to " +
           significant(highest / 4) + ", or use model.activation relu";
  }
  return "";
}

// A sum of squares is never negative.
std::string negative_threshold(const Config& config, const DataSplit&) {
  const auto& threshold = config.model.threshold;
  if (is_idle(config, "model.threshold") || threshold.learned) return "";
  if (threshold.initial.is_word() || threshold.initial.number >= 0) return "";
  return "model.threshold.initial: " + significant(threshold.initial.number) +
         " is below the goodness of every sample, which is never negative, and "
         "model.threshold.learned is false; set it above 0";
}

// In the label overlay, the pixels of all other labels are 0 in normalised units, so a label value
// near 0 is invisible.
std::string invisible_label(const Config& config, const DataSplit& data) {
  if (is_idle(config, "label")) return "";
  constexpr std::int64_t kSample = 1000;
  constexpr double kNothing = 1e-6;  // relative to the range of the pixel values
  const auto& value = config.label.value;
  const auto& train = data.train;
  const auto range = train.table.max().item<double>() - train.table.min().item<double>();
  if (value.is_word()) {
    auto first = train;  // a sample, nearly always sufficient
    first.images = train.images.slice(/*dim=*/0, 0, kSample);
    if (std::abs(first.max_value()) > kNothing * range) return "";
  }
  const double pixel = value.is_word() ? train.max_value() : value.number;
  if (std::abs(pixel) > kNothing * range) return "";
  return std::string("label.value: ") + (value.is_word() ? "the largest pixel value " : "") +
         significant(pixel) +
         " equals that of the other label pixels, 0 after normalisation, so all labels look the "
         "same; set another number" +
         (value.is_word() ? " or another dataset.normalize" : ", or max");
}

std::string one_class(const Config&, const DataSplit& data) {
  const auto& labels = data.train.labels;
  const auto least = labels.min().item<std::int64_t>();
  if (labels.max().item<std::int64_t>() != least) return "";
  return "dataset: all " + std::to_string(labels.numel()) + " training images are of class " +
         std::to_string(least) +
         ", so there is nothing to classify; add images of other classes, or use a larger "
         "dataset.train_limit";
}

// Rules that propagate errors through the forward weights, which block them if they are zero.
bool propagates_errors_by_weights(const Config& config) {
  const auto& type = config.model.type;
  for (const auto& rule : baselines::backward_rules()) {
    if (rule.name != type) continue;
    const bool own = !is_idle(config, "feedback.init") && is_idle(config, "feedback.concordant");
    return !own || config.feedback.init == "copy";
  }
  const auto controls = control_kinds();
  return std::any_of(
      controls.begin(), controls.end(), [&](const auto& kind) { return kind.name == type; });
}

std::string zero_weights(const Config& config, const DataSplit&) {
  const auto& layers = config.model.layers;
  const auto with_weights =
      layers.empty() ? static_cast<std::int64_t>(config.model.widths.size())
                     : std::count_if(layers.begin(), layers.end(), [](const auto& layer) {
                         return layer.has_weights();
                       });
  if (config.model.init != "zero" || with_weights < 2) return "";
  if (!propagates_errors_by_weights(config)) return "";
  return "model.init: zero leaves the hidden layers of model.type " + config.model.type +
         " with identical units or without an error signal; set model.init to torch or normal, or "
         "use a rule with separate feedback weights, such as dfa";
}

// With l2-normalised inputs, activities change by at most a factor exp(growth) over the training:
// the slope of the loss is at most 1, so d ln a = lr * goodness scale * |x|^2 per step.
std::string slow_sgd(const Config& config, const DataSplit& data) {
  constexpr double kLeast = 1;
  const auto& [model, optimizer] = std::tie(config.model, config.optimizer);
  if (is_idle(config, "model.goodness") || optimizer.type != "sgd") return "";
  const auto& goodness = find_goodness(model.goodness);
  const auto steps = steps_of(config, data);
  if (!goodness.scale || optimizer.batch_manhattan || model.peer.on() || steps == 0) return "";
  double in = static_cast<double>(data.train.features());
  for (std::size_t l = 0; l < model.widths.size(); ++l) {
    const auto width = static_cast<double>(model.widths[l]);
    const bool known = model.normalize.type == "l2" || model.normalize.type == "rms";
    const double squares = model.normalize.type == "l2" ? 1 : in;
    const double rate = optimizer.learning_rate / (1 - optimizer.momentum);
    const double growth = rate * steps * goodness.scale(width) * squares / config.loss.temperature;
    in = width;
    if (!known || (l == 0 && !model.normalize.input) || growth >= kLeast) continue;
    return "optimizer.learning_rate: " + significant(optimizer.learning_rate) + " with sgd, " +
           model.goodness + " goodness and " + model.normalize.type +
           "-normalised inputs changes the activations of layer " + std::to_string(l) +
           " by at most a factor " + significant(std::exp(growth)) + " in " + significant(steps) +
           " steps; use optimizer.type adam, model.goodness sum-square, or a rate " +
           significant(20 * kLeast / growth) + " times as large";
  }
  return "";
}

// One Adam step moves a weight by at most about three learning rates, whatever the gradient.
std::string vanishing_rate(const Config& config, const DataSplit& data) {
  constexpr double kLargestStep = 3.2, kLeast = 1e-3;
  const auto& optimizer = config.optimizer;
  const bool bounded = optimizer.type == "adam" || optimizer.batch_manhattan;
  const auto steps = steps_of(config, data);
  const auto inputs = static_cast<double>(data.train.features());
  const double path = kLargestStep * optimizer.learning_rate / (1 - optimizer.momentum) * steps;
  if (!bounded || steps == 0 || path * inputs >= kLeast) return "";
  return "optimizer.learning_rate: " + significant(optimizer.learning_rate) +
         " changes no weight by more than " + significant(path) + " in " + significant(steps) +
         " steps, which is too little; set a larger one";
}

std::string decay_of_everything(const Config& config, const DataSplit&) {
  const auto& optimizer = config.optimizer;
  const auto share = optimizer.learning_rate * optimizer.weight_decay;
  if (share < 1 || (optimizer.type == "adam" && !optimizer.decoupled_decay)) return "";
  return "optimizer.weight_decay: " + significant(optimizer.weight_decay) +
         " times the learning rate is " + significant(share) +
         ", so each step removes the whole weight; set it below " +
         significant(0.01 / optimizer.learning_rate);
}

std::string dropout_of_everything(const Config& config, const DataSplit&) {
  if (is_idle(config, "model.dropout")) return "";
  for (std::size_t l = 0; l < config.model.widths.size(); ++l) {
    const auto width = config.model.widths[l];
    const auto left = (1 - config.model.dropout) * static_cast<double>(width);
    if (left >= 1) continue;
    return "model.dropout: " + significant(config.model.dropout) + " leaves layer " +
           std::to_string(l) + ", of " + std::to_string(width) + " units, " + significant(left) +
           " of them on average; decrease it, or increase model.widths";
  }
  return "";
}

// 0 / 0 yields NaN, for a zero gradient or a zero input vector with epsilon 0.
std::string division_by_zero(const Config& config, const DataSplit&) {
  const auto& [optimizer, normalize] = std::tie(config.optimizer, config.model.normalize);
  if (optimizer.type == "adam" && optimizer.epsilon == 0) {
    return "optimizer.epsilon: 0 divides 0 by 0 where the gradient of a weight is 0, and the "
           "weight becomes NaN; set a small number, such as 1e-8";
  }
  if (is_idle(config, "model.normalize") || normalize.type == "none" || normalize.epsilon > 0) {
    return "";
  }
  return "model.normalize.epsilon: 0 divides 0 by 0 for inputs that are all zero, such as a black "
         "image or a layer of inactive units; set a small number, such as 1e-8";
}

// Mean and standard deviation must refer to pixels in [0, 1], not to bytes.
std::string foreign_normalization(const Config& config, const DataSplit& data) {
  constexpr double kLeast = 0.05;
  const auto& table = data.train.table;
  const auto range = (std::get<0>(table.max(1)) - std::get<0>(table.min(1))).max().item<double>();
  if (!config.dataset.normalize.word.empty() || range >= kLeast) return "";
  return "dataset.normalize: makes black and white pixels differ by only " + significant(range) +
         "; mean and std are for pixels in [0, 1], not for bytes up to 255";
}

}  // namespace

const std::vector<SettingCheck>& setting_checks() {
  static const std::vector<SettingCheck> all = {
      {"unreachable threshold", unreachable_threshold},
      {"negative threshold", negative_threshold},
      {"invisible label", invisible_label},
      {"one class", one_class},
      {"zero weights", zero_weights},
      {"slow sgd", slow_sgd},
      {"vanishing rate", vanishing_rate},
      {"decay of everything", decay_of_everything},
      {"dropout of everything", dropout_of_everything},
      {"division by zero", division_by_zero},
      {"foreign normalization", foreign_normalization},
  };
  return all;
}

std::vector<std::string> warnings_of(const Config& config, const LoadedData& data) {
  auto lines = data.warnings;
  for (const auto& check : setting_checks()) {
    const auto line = check.find(config, data.split);
    if (!line.empty()) lines.push_back(config.file + ": " + line);
  }
  return lines;
}

void WarningPrinter::warn(const Config& config, const LoadedData& data) {
  if (std::getenv(kSaid)) return;
  for (const auto& line : warnings_of(config, data)) {
    if (printed_.insert(line).second) std::cerr << who_ << ": warning: " << line << "\n";
  }
}

WarningPrinter::SuppressInChildren::SuppressInChildren() { setenv(kSaid, "1", /*overwrite=*/1); }
WarningPrinter::SuppressInChildren::~SuppressInChildren() { unsetenv(kSaid); }

}  // namespace ff::experiments
