// Registers local losses and greedy layer-wise training.
#include "baselines/local_learner.h"
#include "experiments/learners/kinds.h"
#include "experiments/learners/network_kind.h"

namespace ff::experiments {
namespace {

// The similarity loss compares pairs of samples of a batch, so it needs a batch size above 1.
void check_pairs(const Config& config, Problems& problems) {
  check_network(config, problems);
  if (config.batch_size > 1) return;
  problems.add("batch_size",
               "1 is not allowed with model.type " + config.model.type +
                   ", which matches the similarity of two images; allowed: at least 2");
}

std::unique_ptr<Learner> make(const Config& config, const ImageSet& train, PythonRandom&) {
  check_data(config, train);
  const bool greedy = config.model.type == "greedy";
  return std::make_unique<baselines::LocalLearner>(
      baselines::LocalRule{.name = config.model.type,
                           .local = config.local,
                           .auxiliary = config.auxiliary,
                           .sequential = greedy && config.schedule.type == "sequential"},
      network_learner_options(config),
      train);
}

}  // namespace

std::vector<LearnerKind> local_kinds() {
  return {network_kind("pred",
                       "each layer trained with the cross-entropy of a local linear classifier",
                       {"local.decoder_inputs"},
                       make),
          network_kind("sim", "each layer trained by similarity matching", {}, make, check_pairs),
          network_kind("predsim",
                       "pred and sim together",
                       {"local.decoder_inputs", "local.beta"},
                       make,
                       check_pairs),
          network_kind(
              "greedy",
              "each layer trained with an auxiliary network: layer by layer, or all in parallel",
              {"schedule.type", "auxiliary"},
              make)};
}

}  // namespace ff::experiments
