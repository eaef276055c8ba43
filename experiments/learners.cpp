#include "experiments/learners.h"

#include <set>

#include "experiments/learners/kinds.h"
#include "ff/choice.h"

namespace ff::experiments {

const std::vector<LearnerKind>& learner_kinds() {
  static const std::vector<LearnerKind> all = {ff_kind(), bp_kind()};
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
