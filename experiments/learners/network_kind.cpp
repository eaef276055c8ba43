#include "experiments/learners/network_kind.h"

#include <algorithm>

#include "baselines/mlp.h"
#include "experiments/learners/idle_keys.h"
#include "ff/core/option_error.h"

namespace ff::experiments {
namespace {

constexpr double kLearningRate = 0.01;  // default if the config sets none

std::vector<std::string> mlp_keys(std::vector<std::string> more) {
  more.insert(more.end(), {"augment", "measures"});
  return more;
}

EngineChoice autograd_engine(const Config& config, const at::Device&) {
  return choose_engine(config.engine, "model.type " + config.model.type);
}

void check_mlp(const Config& config, Problems& problems) {
  check_network(config, problems);
  if (!problems.empty()) return;
  try {
    baselines::check_mlp(network_learner_options(config).layers);
  } catch (const OptionError& error) {
    problems.add(
        error.problem.path,
        error.problem.text + "; model.type " + config.model.type +
            " requires linear layers, each except the last followed by at most one non-linearity");
  }
}

}  // namespace

baselines::NetworkLearnerOptions network_learner_options(const Config& config) {
  const auto& model = config.model;
  return {.layers = model.layers.empty()
                        ? mlp_layers(model.widths, model.activation, model.batch_norm)
                        : model.layers,
          .init = model.init,
          .linear = model.linear,
          .optimizer = config.optimizer,
          .epochs = config.schedule.epochs,
          .engine = config.engine,
          .fused = config.fused,
          .batch_size = config.batch_size,
          .augment = config.augment};
}

std::vector<std::string> network_keys(std::vector<std::string> more) {
  more.insert(more.end(), {"model.batch_norm", "model.linear"});
  return mlp_keys(std::move(more));
}

void check_network(const Config& config, Problems& problems) {
  const auto options = network_learner_options(config);
  try {
    check_layers(options.layers);
  } catch (const OptionError& error) {
    problems.add(error.problem.path, error.problem.text);
  }
  const auto is_relu = [](const LayerOptions& layer) { return layer.type == "relu"; };
  if (options.init == "zero" &&
      std::any_of(options.layers.begin(), options.layers.end(), is_relu)) {
    problems.add(
        "model.init",
        "zero leaves ReLU units at 0, where their gradient is 0; allowed with relu: torch, normal");
  }
}

void refuse_convolutions(const Config& config, const std::string& why, Problems& problems) {
  for (std::size_t i = 0; i < config.model.layers.size(); ++i) {
    const auto& layer = config.model.layers[i];
    if (!layer.has_weights() || layer.type == "linear") continue;
    problems.add("model.layers[" + std::to_string(i) + "]", layer.type + " " + why);
  }
}

LearnerKind network_kind(const char* name,
                         const char* help,
                         std::vector<std::string> rule_keys,
                         decltype(LearnerKind::make) make,
                         decltype(LearnerKind::check) check) {
  return {
      name, help, network_keys(std::move(rule_keys)), kLearningRate, make, autograd_engine, check};
}

LearnerKind mlp_kind(const char* name,
                     const char* help,
                     std::vector<std::string> rule_keys,
                     decltype(LearnerKind::make) make) {
  return {
      name, help, mlp_keys(std::move(rule_keys)), kLearningRate, make, autograd_engine, check_mlp};
}

namespace {

void check_classes(const Config& config, const ImageSet& train) {
  const auto layers = network_learner_options(config).layers;
  const auto units = layers.back().width;
  if (units == train.classes) return;
  const auto key = config.model.layers.empty()
                       ? "model.widths"
                       : "model.layers[" + std::to_string(layers.size() - 1) + "].width";
  throw OptionError({key,
                     "the last layer has " + std::to_string(units) + " units, but there are " +
                         std::to_string(train.classes) + " classes; it needs one unit per class"});
}

// Returns true if training, or computing the measures, processes the last batch of an epoch.
bool reaches_last_batch(const Config& config, std::int64_t batches) {
  const auto& measures = config.measures;
  if (measures.every_epochs > 0 && measures.batches >= batches) return true;
  return !config.schedule.max_steps || *config.schedule.max_steps >= batches;
}

// Returns the batch size nearest to `size` that leaves no batch of one sample; 0 if there is none.
std::int64_t batch_size_near(std::int64_t size, std::int64_t images) {
  for (std::int64_t apart = 1; apart < std::max(size, images); ++apart) {
    for (const auto other : {size - apart, size + apart}) {
      if (other > 1 && images % other != 1) return other;
    }
  }
  return 0;
}

// Returns the config key of a batch normalisation that would see one value per channel for a batch
// of one sample; empty if there is none.
std::string norm_of_single_values(const Config& config, const ImageSet& train) {
  const auto place = ff::norm_of_single_values(network_learner_options(config).layers,
                                               {train.channels(), train.height(), train.width()});
  if (place && config.model.layers.empty()) return "model.batch_norm";
  if (place) return "model.layers[" + std::to_string(*place) + "]";
  const auto& auxiliary = config.auxiliary;
  const bool has_auxiliary = !is_idle(config, "auxiliary");
  if (!has_auxiliary || auxiliary.hidden_layers == 0 || auxiliary.batch_norm == "none") return "";
  return "auxiliary.batch_norm";
}

// Checks this before training, since PyTorch's BatchNorm throws only when it meets such a batch:
// the variance of a single value is undefined.
void check_batches_of_one(const Config& config, const ImageSet& train) {
  const auto images = train.size(), size = config.batch_size;
  const bool one = size == 1 || images % size == 1;
  if (!one || !reaches_last_batch(config, (images + size - 1) / size)) return;
  const auto key = norm_of_single_values(config, train);
  if (key.empty()) return;
  const auto instead = batch_size_near(size, images);
  throw OptionError(
      {"batch_size",
       std::to_string(size) +
           (size == 1 ? " gives batches of one image" : " leaves a last batch of one image") +
           " (of " + std::to_string(images) + " training images), where batch normalisation (" +
           key + ") has one value per channel and no variance; " +
           (instead > 0 ? "use another batch_size, such as " + std::to_string(instead)
                        : "use more training images")});
}

}  // namespace

void check_data(const Config& config, const ImageSet& train) {
  check_classes(config, train);
  check_batches_of_one(config, train);
}

}  // namespace ff::experiments
