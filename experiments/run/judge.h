// The figures of a trained learner: accuracies, and the same after pruning.
#pragma once

#include <string>
#include <vector>

#include "experiments/config/json_text.h"
#include "experiments/config/options.h"
#include "experiments/run/evaluate.h"
#include "ff/core/tensor_dict.h"
#include "ff/data/image_set.h"
#include "ff/learn/learner.h"

namespace ff::experiments {

/// A layer that has the same score for every test image with every label: it says nothing.
struct SilentLayer {
  std::size_t layer = 0;
  double goodness = 0;
};

/// Accuracies on all sets of `data`, as result.json has them, and the predictions behind them.
struct Judgement {
  Json figures;
  TensorDict predictions;  // of "train", "test" and, where there are any, "validation"; int64 (N)
  double seconds = 0;      // of evaluating the training and the test set
  std::vector<SilentLayer> silent_layers;
};
Judgement judge(Learner& learner,
                const DataSplit& data,
                std::int64_t batch_size,
                const std::function<void()>& before_block);

/// Calls `look` for each ratio with the network pruned so; afterwards it is whole again.
void for_each_pruning(Learner& learner,
                      const PruneOptions& prune,
                      const std::function<void(double ratio)>& look);

/// {"0.9": {...}, ...}: each ratio pruned from the whole network, judged, and undone.
Json judge_pruned(Learner& learner,
                  const DataSplit& data,
                  const PruneOptions& prune,
                  std::int64_t batch_size,
                  const std::function<void()>& before_block);

}  // namespace ff::experiments
