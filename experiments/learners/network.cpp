#include "experiments/learners/network.h"

#include <algorithm>
#include <stdexcept>

#include "baselines/perceptron.h"

namespace ff::experiments {
namespace {

// "model.layers[0]: ..."
void add_layer_problem(const std::invalid_argument& error,
                       const std::string& more,
                       Problems& problems) {
  const std::string text = error.what();
  const auto colon = text.find(": ");
  problems.add(text.substr(0, colon), text.substr(colon + 2) + more);
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

std::vector<std::string> perceptron_keys(std::vector<std::string> more) {
  more.insert(more.end(), {"augment", "measures"});
  return more;
}

std::vector<std::string> network_keys(std::vector<std::string> more) {
  more.insert(more.end(), {"model.batch_norm", "model.linear"});
  return perceptron_keys(std::move(more));
}

std::string autograd_engine(const Config& config, const at::Device&) {
  return fused::choose_engine(config.engine, "model.type " + config.model.type);
}

void check_perceptron(const Config& config, Problems& problems) {
  check_network(config, problems);
  if (!problems.empty()) return;
  try {
    baselines::check_perceptron(network_learner_options(config).layers);
  } catch (const std::invalid_argument& error) {
    add_layer_problem(error,
                      "; model.type " + config.model.type +
                          " works on linear layers, each but the last with at most one "
                          "non-linearity behind it",
                      problems);
  }
}

void check_network(const Config& config, Problems& problems) {
  const auto options = network_learner_options(config);
  try {
    baselines::check_layers(options.layers);
  } catch (const std::invalid_argument& error) {
    add_layer_problem(error, "", problems);
  }
  const auto is_relu = [](const LayerOptions& layer) { return layer.type == "relu"; };
  if (options.init == "zero" &&
      std::any_of(options.layers.begin(), options.layers.end(), is_relu)) {
    problems.add("model.init",
                 "zero leaves units with relu at 0, where they have no slope and never learn; "
                 "allowed with relu: torch, normal");
  }
}

void check_classes(const Config& config, const ImageSet& train) {
  const auto layers = network_learner_options(config).layers;
  const auto units = layers.back().width;
  if (units == train.classes) return;
  const auto key = config.model.layers.empty()
                       ? "model.widths"
                       : "model.layers[" + std::to_string(layers.size() - 1) + "].width";
  throw std::invalid_argument(key + ": the last layer has " + std::to_string(units) +
                              " units, but there are " + std::to_string(train.classes) +
                              " classes; it needs one unit per class");
}

}  // namespace ff::experiments
