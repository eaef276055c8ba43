// Registers the Hebbian rules with a trained readout.
#include "baselines/hebbian.h"

#include "experiments/learners/kinds.h"
#include "experiments/learners/network_kind.h"

namespace ff::experiments {
namespace {

std::unique_ptr<Learner> make(const Config& config, const ImageSet& train, PythonRandom&) {
  check_data(config, train);
  return std::make_unique<baselines::HebbianLearner>(
      config.model.type, config.hebbian, network_learner_options(config), train);
}

void check(const Config& config, Problems& problems) {
  check_network(config, problems);
  refuse_convolutions(config,
                      "is not supported by model.type " + config.model.type +
                          ", which trains fully connected layers; use linear",
                      problems);
}

}  // namespace

std::vector<LearnerKind> hebbian_kinds() {
  std::vector<LearnerKind> kinds;
  for (const auto& rule : baselines::hebbian_rules()) {
    std::vector<std::string> keys = {
        "hebbian.learning_rate", "hebbian.init_scale", "hebbian.epochs"};
    if (rule.name == std::string("soft-hebb")) keys.emplace_back("hebbian.temperature");
    kinds.push_back(network_kind(rule.name, rule.help, std::move(keys), make, check));
  }
  return kinds;
}

}  // namespace ff::experiments
