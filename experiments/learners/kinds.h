// The learning rules, each defined in a file of its own in this folder.
#pragma once

#include "experiments/learners.h"

namespace ff::experiments {

LearnerKind ff_kind();
LearnerKind bp_kind();

}  // namespace ff::experiments
