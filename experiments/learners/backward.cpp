// Backpropagation and the rules that differ from it in the backward pass, as a config makes them.
#include "baselines/backward_learner.h"
#include "experiments/learners/kinds.h"
#include "experiments/learners/network.h"

namespace ff::experiments {
namespace {

std::unique_ptr<Learner> make(const Config& config, const ImageSet& train, PythonRandom&) {
  check_classes(config, train);
  return std::make_unique<baselines::BackwardLearner>(
      config.model.type, network_learner_options(config), train);
}

std::string engine(const Config& config, const at::Device& device) {
  return baselines::choose_engine(network_learner_options(config), device);
}

}  // namespace

std::vector<LearnerKind> backward_kinds() {
  std::vector<LearnerKind> kinds;
  for (const auto& rule : baselines::backward_rules()) {
    kinds.push_back({rule.name,
                     rule.help,
                     network_keys(),
                     /*learning_rate=*/0.01,
                     make,
                     engine,
                     check_network});
  }
  return kinds;
}

}  // namespace ff::experiments
