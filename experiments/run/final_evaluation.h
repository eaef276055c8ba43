// Final evaluation of a trained learner, before and after pruning.
#pragma once

#include <string>
#include <vector>

#include "experiments/config/config_options.h"
#include "experiments/config/json_text.h"
#include "experiments/run/evaluate.h"
#include "ff/core/tensor_dict.h"
#include "ff/data/image_set.h"
#include "ff/learn/learner.h"

namespace ff::experiments {

/// A layer whose score is the same for every test sample and label, so it carries no information.
struct ConstantLayer {
  std::size_t layer = 0;
  double goodness = 0;
};

/// Accuracies on all splits of `data` in the format of result.json, and the predictions.
struct FinalEvaluation {
  Json figures;
  TensorDict predictions;  // "train", "test" and, if present, "validation"; int64 (N)
  double seconds = 0;      // time to evaluate the training and test sets
  std::vector<ConstantLayer> constant_layers;
};
FinalEvaluation evaluate_splits(Learner& learner,
                                const DataSplit& data,
                                std::int64_t batch_size,
                                const std::function<void()>& before_block);

/// Calls `visit` once per ratio with the network pruned; restores the weights afterwards.
void for_each_pruning(Learner& learner,
                      const PruneOptions& prune,
                      const std::function<void(double ratio)>& visit);

/// Evaluates each pruning ratio, starting from the unpruned weights: {"0.9": {...}, ...}.
Json evaluate_pruned(Learner& learner,
                     const DataSplit& data,
                     const PruneOptions& prune,
                     std::int64_t batch_size,
                     const std::function<void()>& before_block);

}  // namespace ff::experiments
