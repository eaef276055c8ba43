#include "experiments/learners.h"

#include "experiments/learners/kinds.h"
#include "ff/core/choice.h"

namespace ff::experiments {

const std::vector<LearnerKind>& learner_kinds() {
  static const std::vector<LearnerKind> all = [] {
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
  }();
  return all;
}

const LearnerKind& find_learner(const std::string& name) {
  return find_choice(learner_kinds(), name, "model.type");
}

}  // namespace ff::experiments
