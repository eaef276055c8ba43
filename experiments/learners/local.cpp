// Local losses and greedy layer-wise learning, as a config makes them.
#include "baselines/local_learner.h"
#include "experiments/learners/kinds.h"
#include "experiments/learners/network.h"

namespace ff::experiments {
namespace {

std::unique_ptr<Learner> make(const Config& config, const ImageSet& train, PythonRandom&) {
  check_classes(config, train);
  const bool greedy = config.model.type == "greedy";
  return std::make_unique<baselines::LocalLearner>(
      baselines::LocalRule{.name = config.model.type,
                           .local = config.local,
                           .auxiliary = config.auxiliary,
                           .sequential = greedy && config.schedule.type == "sequential"},
      network_learner_options(config),
      train);
}

LearnerKind kind(const char* name, const char* help, std::vector<std::string> keys) {
  return {name,
          help,
          network_keys(std::move(keys)),
          /*learning_rate=*/0.01,
          make,
          autograd_engine,
          check_network};
}

}  // namespace

std::vector<LearnerKind> local_kinds() {
  return {kind("pred",
               "each layer by the cross-entropy of a linear classifier on it",
               {"local.decoder_inputs"}),
          kind("sim", "each layer by similarity matching", {}),
          kind("predsim", "pred and sim together", {"local.decoder_inputs", "local.beta"}),
          kind("greedy",
               "each layer by an auxiliary network on it: layer after layer, or all at once",
               {"schedule.type", "auxiliary"})};
}

}  // namespace ff::experiments
