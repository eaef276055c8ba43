// Selection of the engine for each block of a network.
#pragma once

#include <string>
#include <vector>

#include "ff/engines/engine_choice.h"
#include "ff/forward_forward/engines/staged.h"
#include "ff/forward_forward/learner_options.h"

namespace ff {

/// Returns the engine that `options` select on `device`, for a resident training set or a stream:
/// "autograd", "fused" (closed-form gradients for all blocks), or "mixed" (closed form for the
/// blocks that support it). Throws OptionError if "fused" is requested but not supported.
EngineChoice choose_engine(const FFLearnerOptions& options,
                           const at::Device& device,
                           bool resident = true);

/// Returns the stages of a network trained by "autograd" or "mixed": maximal runs of consecutive
/// blocks with the same engine. Those of "mixed" compute in closed form where the data is, on a CPU
/// or a GPU; on a GPU they share one device (ff/engines/gpu/device.h).
std::vector<StagedTraining::Placed> make_stages(const FFParts& parts, const std::string& engine);

}  // namespace ff
