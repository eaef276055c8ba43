#include "experiments/learners.h"

#include "experiments/learners/kinds.h"
#include "ff/core/find_choice.h"
#include "ff/core/open_list.h"

namespace ff::experiments {

namespace {

std::vector<LearnerKind> builtin_kinds() {
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
  static OpenList<LearnerKind> kinds("model.type", builtin_kinds());
  return kinds;
}

}  // namespace

const std::vector<LearnerKind>& learner_kinds() { return learner_list().read(); }

void register_learner(LearnerKind kind) { learner_list().add(std::move(kind)); }

const LearnerKind& find_learner(const std::string& name) {
  return find_choice(learner_kinds(), name, "model.type");
}

const std::vector<CustomField>& rule_fields(const std::string& type) {
  static const std::vector<CustomField> all = [] {
    std::vector<CustomField> fields;
    for (const auto& kind : learner_kinds()) {
      fields.insert(fields.end(), kind.options.begin(), kind.options.end());
    }
    return fields;
  }();
  if (type.empty()) return all;
  static const std::vector<CustomField> none;
  for (const auto& kind : learner_kinds()) {
    if (type == kind.name) return kind.options;
  }
  return none;
}

}  // namespace ff::experiments
