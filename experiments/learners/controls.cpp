// The controls: backpropagation that trains some of the layers, as a config makes it.
#include "baselines/partial_backprop.h"
#include "experiments/learners/kinds.h"
#include "experiments/learners/network.h"

namespace ff::experiments {
namespace {

std::unique_ptr<Learner> make(const Config& config, const ImageSet& train, PythonRandom&) {
  check_classes(config, train);
  return std::make_unique<baselines::PartialBackprop>(
      config.model.type, network_learner_options(config), train);
}

LearnerKind kind(const char* name, const char* help) {
  return {name, help, network_keys(), /*learning_rate=*/0.01, make, autograd_engine, check_network};
}

}  // namespace

std::vector<LearnerKind> control_kinds() {
  return {kind("readout", "the last layer alone, on what the others give as they were drawn"),
          kind("first-layer", "the first and the last layer by backpropagation, no other")};
}

}  // namespace ff::experiments
