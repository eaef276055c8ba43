// Which engine trains which block, and why not the faster one: the one place that says so.
#pragma once

#include <string>
#include <vector>

#include "ff/engines/engine_choice.h"
#include "ff/forward_forward/engines/staged.h"
#include "ff/forward_forward/learner_options.h"

namespace ff {

/// The engine that `options` come to on `device`, with a resident training set or a stream:
/// "autograd", "fused" (all blocks in closed form), or "mixed" (each block in closed form where it
/// can be; on a CPU). Throws OptionError where fused is asked for and cannot be.
EngineChoice choose_engine(const FFLearnerOptions& options,
                           const at::Device& device,
                           bool resident = true);

/// The stages of a network that is trained by autograd, or by both: runs of blocks of one engine.
std::vector<StagedTraining::Placed> make_stages(const FFParts& parts, const std::string& engine);

}  // namespace ff
