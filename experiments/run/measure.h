// Per-layer measures of a learner in the format of metrics.jsonl and result.json.
#pragma once

#include <memory>

#include "experiments/config/config_options.h"
#include "experiments/config/json_text.h"
#include "ff/learn/learner.h"

namespace ff::experiments {

/// Computes the measures over the first `config.measures.batches` batches of the training set, in
/// its order: {"angle": [58.1, 47.9, 0.0], ...}, with null for a layer that has no value.
Json measure(Learner& learner, const std::shared_ptr<const ImageSet>& train, const Config& config);

}  // namespace ff::experiments
