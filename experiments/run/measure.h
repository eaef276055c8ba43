// A learner's measures as metrics.jsonl and result.json have them.
#pragma once

#include <memory>

#include "experiments/config/json_text.h"
#include "experiments/config/options.h"
#include "ff/learn/learner.h"

namespace ff::experiments {

/// {"angle": [58.1, 47.9, 0.0], ...}, null where a layer has none, over the first
/// `config.measures.batches` batches of the training set in its order.
Json measure(Learner& learner, const std::shared_ptr<const ImageSet>& train, const Config& config);

}  // namespace ff::experiments
