// The learning rules, each defined in a file of its own in this folder.
#pragma once

#include "experiments/learners.h"

namespace ff::experiments {

LearnerKind ff_kind();
std::vector<LearnerKind> backward_kinds();

}  // namespace ff::experiments
