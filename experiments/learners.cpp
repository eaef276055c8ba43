#include "experiments/learners.h"

#include "experiments/learners/kinds.h"
#include "ff/core/choice.h"
#include "ff/core/open_list.h"

namespace ff::experiments {

namespace {

std::vector<LearnerKind> kinds_here() {
  std::vector<LearnerKind> kinds = {ff_kind()};
  for (auto& family : {backward_kinds(),
                       control_kinds(),
                       local_kinds(),
                       synthetic_kinds(),
                       target_kinds(),
                       {pepita_kind()},
                       perturbation_kinds(),
                       hebbian_kinds()}) {
    kinds.insert(kinds.end(), family.begin(), family.end());
  }
  return kinds;
}

OpenList<LearnerKind>& learner_list() {
  static OpenList<LearnerKind> kinds("model.type", kinds_here());
  return kinds;
}

// Why a key of Forward-Forward means nothing to a rule that is not.
std::string reason_against(const std::string& path) {
  if (path == "head" || path == "predict") return ", whose last layer is the classifier";
  if (path == "negatives") return ", which has no negatives";
  if (path == "label") return ", which has no labels in its images";
  if (path == "loss") return ", whose loss is its own";
  return "";
}

}  // namespace

const std::vector<LearnerKind>& learner_kinds() { return learner_list().read(); }

void register_learner(LearnerKind kind) { learner_list().add(std::move(kind)); }

const LearnerKind& find_learner(const std::string& name) {
  return find_choice(learner_kinds(), name, "model.type");
}

const std::vector<OwnField>& rule_fields(const std::string& type) {
  static const std::vector<OwnField> all = [] {
    std::vector<OwnField> fields;
    for (const auto& kind : learner_kinds()) {
      fields.insert(fields.end(), kind.options.begin(), kind.options.end());
    }
    return fields;
  }();
  if (type.empty()) return all;
  static const std::vector<OwnField> none;
  for (const auto& kind : learner_kinds()) {
    if (type == kind.name) return kind.options;
  }
  return none;
}

std::map<std::string, std::string> meaningless_keys(const Config& config) {
  const auto& chosen = find_learner(config.model.type);
  std::map<std::string, std::string> keys;
  for (const auto& kind : learner_kinds()) {
    for (const auto& path : kind.uses) {
      keys[path] = "model.type " + config.model.type + reason_against(path);
    }
  }
  for (const auto& path : chosen.uses) keys.erase(path);
  if (chosen.options.empty()) keys["rule"] = "model.type " + config.model.type;
  const auto& optimizer = config.optimizer.type;
  const auto of_optimizer = optimizer == "adam"
                                ? std::vector<std::string>{"momentum", "batch_manhattan"}
                                : std::vector<std::string>{"beta1", "beta2", "epsilon"};
  for (const auto& key : of_optimizer) keys["optimizer." + key] = "optimizer.type " + optimizer;
  if (!config.model.layers.empty()) {
    keys["model.widths"] = "model.layers";
    // A Forward-Forward layer has its non-linearity within it.
    if (config.model.type != "ff") keys["model.activation"] = "model.layers";
    keys.try_emplace("model.batch_norm", "model.layers");
  }
  if (chosen.meaningless) keys.merge(chosen.meaningless(config));
  return keys;
}

}  // namespace ff::experiments
