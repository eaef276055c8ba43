// How often a learner is right.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "experiments/config/json_text.h"
#include "ff/image_set.h"
#include "ff/learner.h"

namespace ff::experiments {

struct Evaluation {
  double accuracy = 0;            // share of images whose label has the highest score
  std::vector<double> by_prefix;  // the same by the first 1, 2, ... layers together
  std::vector<double> by_layer;   // and by each layer alone; both empty where layers do not score
  std::optional<double> loss;     // mean per image
  at::Tensor predictions;         // int64 (N), on the CPU
};

/// Evaluates in blocks of `batch_size` rows, in the set's order; draws no random numbers. Calls
/// `before_block` ahead of each block, which may throw to break off.
Evaluation evaluate(Learner& learner,
                    const ImageSet& set,
                    std::int64_t batch_size,
                    const std::function<void()>& before_block = {});

/// {"accuracy_by_prefix": {"train": [...], "test": [...]}, ...} and the accuracies, as result.json
/// has them.
Json accuracies(const Evaluation& train, const Evaluation& test, const Evaluation* validation);

}  // namespace ff::experiments
