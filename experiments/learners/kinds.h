// Built-in learning rules; each function is defined in the file of that name in this folder.
#pragma once

#include "experiments/learners.h"

namespace ff::experiments {

LearnerKind ff_kind();
std::vector<LearnerKind> backward_kinds();
std::vector<LearnerKind> control_kinds();
std::vector<LearnerKind> local_kinds();
std::vector<LearnerKind> synthetic_kinds();
std::vector<LearnerKind> target_kinds();
LearnerKind pepita_kind();
std::vector<LearnerKind> perturbation_kinds();
std::vector<LearnerKind> hebbian_kinds();

}  // namespace ff::experiments
