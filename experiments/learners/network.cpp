#include "experiments/learners/network.h"

#include <algorithm>

#include "baselines/perceptron.h"
#include "ff/core/option_error.h"

namespace ff::experiments {
namespace {

constexpr double kLearningRate = 0.01;  // where the config gives none

std::vector<std::string> perceptron_keys(std::vector<std::string> more) {
  more.insert(more.end(), {"augment", "measures"});
  return more;
}

std::string autograd_engine(const Config& config, const at::Device&) {
  return fused::choose_engine(config.engine, "model.type " + config.model.type);
}

void check_perceptron(const Config& config, Problems& problems) {
  check_network(config, problems);
  if (!problems.empty()) return;
  try {
    baselines::check_perceptron(network_learner_options(config).layers);
  } catch (const OptionError& error) {
    problems.add(error.problem.path,
                 error.problem.text + "; model.type " + config.model.type +
                     " works on linear layers, each but the last with at most one non-linearity "
                     "behind it");
  }
}

}  // namespace

baselines::NetworkLearnerOptions network_learner_options(const Config& config) {
  const auto& model = config.model;
  return {.layers = model.layers.empty()
                        ? perceptron_layers(model.widths, model.activation, model.batch_norm)
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
  return perceptron_keys(std::move(more));
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
    problems.add("model.init",
                 "zero leaves units with relu at 0, where they have no slope and never learn; "
                 "allowed with relu: torch, normal");
  }
}

void refuse_convolutions(const Config& config, const std::string& why, Problems& problems) {
  for (std::size_t i = 0; i < config.model.layers.size(); ++i) {
    if (config.model.layers[i].type != "conv") continue;
    problems.add("model.layers[" + std::to_string(i) + "]", "conv " + why);
  }
}

LearnerKind network_kind(const char* name,
                         const char* help,
                         std::vector<std::string> own_keys,
                         decltype(LearnerKind::make) make,
                         decltype(LearnerKind::check) check) {
  return {
      name, help, network_keys(std::move(own_keys)), kLearningRate, make, autograd_engine, check};
}

LearnerKind perceptron_kind(const char* name,
                            const char* help,
                            std::vector<std::string> own_keys,
                            decltype(LearnerKind::make) make) {
  return {name,
          help,
          perceptron_keys(std::move(own_keys)),
          kLearningRate,
          make,
          autograd_engine,
          check_perceptron};
}

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

}  // namespace ff::experiments
