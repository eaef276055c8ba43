// Synthetic gradients, as a config makes them.
#include "baselines/synthetic_gradients.h"
#include "experiments/learners/kinds.h"
#include "experiments/learners/network.h"

namespace ff::experiments {
namespace {

std::unique_ptr<Learner> make(const Config& config, const ImageSet& train, PythonRandom&) {
  check_classes(config, train);
  const bool conditioned = config.model.type == "cdni";
  return std::make_unique<baselines::SyntheticGradients>(
      config.synthetic, conditioned, network_learner_options(config), train);
}

LearnerKind kind(const char* name, const char* help) {
  return {name,
          help,
          perceptron_keys({"synthetic"}),
          /*learning_rate=*/0.01,
          make,
          autograd_engine,
          check_perceptron};
}

}  // namespace

std::vector<LearnerKind> synthetic_kinds() {
  return {kind("dni", "decoupled neural interfaces: gradients predicted from activations"),
          kind("cdni", "the same, predicted from activations and labels")};
}

}  // namespace ff::experiments
