// Registers backpropagation and the rules that change only its backward pass (feedback alignment
// and relatives).
#include "baselines/backward_learner.h"
#include "experiments/learners/kinds.h"
#include "experiments/learners/network_kind.h"

namespace ff::experiments {
namespace {

std::unique_ptr<Learner> make(const Config& config, const ImageSet& train, PythonRandom&) {
  check_data(config, train);
  return std::make_unique<baselines::BackwardLearner>(
      config.model.type, network_learner_options(config), config.feedback, train);
}

EngineChoice engine(const Config& config, const at::Device& device) {
  return baselines::choose_engine(config.model.type, network_learner_options(config), device);
}

// The rule propagates errors through separate feedback weights; checks that each layer type
// supports them.
void check_other_weights(const Config& config, Problems& problems) {
  const auto& layers = config.model.layers;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const auto& type = layers[i].type;
    if (!layers[i].has_weights() || type == "linear" || type == "conv") continue;
    problems.add("model.layers[" + std::to_string(i) + "]",
                 type + " is not supported by model.type " + config.model.type +
                     ", which propagates errors through feedback weights; allowed: linear, conv");
  }
}

void check(const Config& config, Problems& problems) {
  check_network(config, problems);
  const auto& rule = baselines::find_backward_rule(config.model.type);
  const auto& type = config.model.type;
  if (rule.mlp_only) {
    refuse_convolutions(
        config,
        "is not supported by model.type " + type + ": " + rule.mlp_only + "; use linear layers",
        problems);
  }
  if (type != "bp" && !rule.direct) check_other_weights(config, problems);
  if (rule.direct && config.feedback.init == "copy") {
    problems.add("feedback.init",
                 "copy is not supported by model.type " + type +
                     ", whose feedback matrices do not have the shape of the weights; allowed: "
                     "torch, xavier, kaiming, normal");
  }
  if (type == "kolen-pollack" && config.optimizer.weight_decay == 0) {
    problems.add("optimizer.weight_decay",
                 "0 is not allowed with model.type kolen-pollack, which aligns feedback and "
                 "weights by weight decay; allowed: a number above 0, such as 1e-4");
  }
}

std::vector<std::string> keys_of(const baselines::BackwardRuleKind& rule) {
  auto keys = network_keys();
  for (const auto& option : rule.options) keys.push_back("feedback." + option);
  return keys;
}

}  // namespace

std::vector<LearnerKind> backward_kinds() {
  std::vector<LearnerKind> kinds;
  for (const auto& rule : baselines::backward_rules()) {
    kinds.push_back({rule.name,
                     rule.help,
                     keys_of(rule),
                     /*learning_rate=*/0.01,
                     make,
                     engine,
                     check});
  }
  return kinds;
}

}  // namespace ff::experiments
