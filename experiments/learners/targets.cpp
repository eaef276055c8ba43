// Registers target propagation.
#include "baselines/target_propagation.h"
#include "experiments/learners/kinds.h"
#include "experiments/learners/network_kind.h"

namespace ff::experiments {
namespace {

std::unique_ptr<Learner> make(const Config& config, const ImageSet& train, PythonRandom&) {
  check_data(config, train);
  return std::make_unique<baselines::TargetPropagation>(
      config.model.type, config.targets, network_learner_options(config), train);
}

}  // namespace

std::vector<LearnerKind> target_kinds() {
  std::vector<LearnerKind> kinds;
  for (const auto& rule : baselines::target_rules()) {
    std::vector<std::string> keys = {"targets.step",
                                     "targets.noise",
                                     "targets.pretrain_epochs",
                                     "targets.feedback_learning_rate",
                                     "targets.feedback_decay"};
    if (!rule.through_all) keys.emplace_back("targets.penultimate");
    kinds.push_back(mlp_kind(rule.name, rule.help, std::move(keys), make));
  }
  return kinds;
}

}  // namespace ff::experiments
