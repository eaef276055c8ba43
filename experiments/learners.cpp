#include "experiments/learners.h"

#include <algorithm>
#include <set>

#include "baselines/backprop.h"
#include "ff/choice.h"
#include "ff/ff_learner.h"

namespace ff::experiments {
namespace {

std::unique_ptr<Learner> make_ff(const Config& config,
                                 const ImageSet& train,
                                 PythonRandom& random) {
  return std::make_unique<FFLearner>(FFLearnerOptions{.model = config.model,
                                                      .label = config.label,
                                                      .loss = config.loss,
                                                      .negatives = config.negatives,
                                                      .schedule = config.schedule,
                                                      .optimizer = config.optimizer,
                                                      .predict = config.predict},
                                     train,
                                     random);
}

std::unique_ptr<Learner> make_bp(const Config& config, const ImageSet& train, PythonRandom&) {
  return std::make_unique<baselines::Backprop>(
      baselines::BackpropOptions{.mlp = {.widths = config.model.widths,
                                         .activation = config.model.activation,
                                         .init = config.model.init},
                                 .optimizer = config.optimizer,
                                 .epochs = config.schedule.epochs},
      train);
}

}  // namespace

const std::vector<LearnerKind>& learner_kinds() {
  static const std::vector<LearnerKind> all = {
      {"ff",
       "Forward-Forward (Hinton 2022)",
       {"label",
        "loss",
        "negatives",
        "predict",
        "schedule.type",
        "model.goodness",
        "model.threshold",
        "model.normalize"},
       OptimizerOptions{}.learning_rate,
       make_ff},
      {"bp", "backpropagation of the cross-entropy", {}, /*learning_rate=*/0.01, make_bp},
  };
  return all;
}

const LearnerKind& find_learner(const std::string& name) {
  return find_choice(learner_kinds(), name, "model.type");
}

std::vector<std::string> meaningless_paths(const Config& config) {
  const auto& used = find_learner(config.model.type).uses;
  std::set<std::string> paths;
  for (const auto& kind : learner_kinds()) paths.insert(kind.uses.begin(), kind.uses.end());
  for (const auto& path : used) paths.erase(path);
  if (config.optimizer.type != "adam") {
    paths.insert({"optimizer.beta1", "optimizer.beta2", "optimizer.epsilon"});
  }
  if (config.optimizer.type != "sgd") paths.insert("optimizer.momentum");
  return {paths.begin(), paths.end()};
}

}  // namespace ff::experiments
