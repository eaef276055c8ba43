#include "experiments/learners.h"

#include <algorithm>
#include <set>

#include "baselines/backprop.h"
#include "ff/choice.h"
#include "ff/ff_learner.h"

namespace ff::experiments {
namespace {

FFLearnerOptions ff_options(const Config& config) {
  return {.model = config.model,
          .label = config.label,
          .loss = config.loss,
          .negatives = config.negatives,
          .schedule = config.schedule,
          .optimizer = config.optimizer,
          .predict = config.predict,
          .engine = config.engine,
          .fused = config.fused,
          .batch_size = config.batch_size};
}

std::unique_ptr<Learner> make_ff(const Config& config,
                                 const ImageSet& train,
                                 PythonRandom& random) {
  return std::make_unique<FFLearner>(ff_options(config), train, random);
}

std::string ff_engine(const Config& config, const at::Device& device) {
  return choose_engine(ff_options(config), device);
}

baselines::BackpropOptions bp_options(const Config& config) {
  return {.mlp = {.widths = config.model.widths,
                  .activation = config.model.activation,
                  .init = config.model.init},
          .optimizer = config.optimizer,
          .epochs = config.schedule.epochs,
          .engine = config.engine,
          .fused = config.fused,
          .batch_size = config.batch_size};
}

std::unique_ptr<Learner> make_bp(const Config& config, const ImageSet& train, PythonRandom&) {
  return std::make_unique<baselines::Backprop>(bp_options(config), train);
}

std::string bp_engine(const Config& config, const at::Device& device) {
  return baselines::choose_engine(bp_options(config), device);
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
       make_ff,
       ff_engine},
      {"bp",
       "backpropagation of the cross-entropy",
       {},
       /*learning_rate=*/0.01,
       make_bp,
       bp_engine},
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
