// Evaluation of a learner: accuracy, loss and predictions.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "experiments/config/json_text.h"
#include "ff/data/image_set.h"
#include "ff/learn/learner.h"

namespace ff::experiments {

struct Evaluation {
  double accuracy = 0;            // fraction of samples whose label has the highest score
  std::vector<double> by_prefix;  // accuracy using the first 1, 2, ... layers
  // accuracy of each single layer; both empty if layers have no scores
  std::vector<double> by_layer;
  std::vector<double> least, most;  // per layer, score range over all samples and labels
  // accuracy per prediction method, if the learner has several
  std::map<std::string, double> by_method;
  std::optional<double> loss;  // mean per sample
  at::Tensor predictions;      // int64 (N), on the CPU
};

/// Evaluates in blocks of `batch_size` samples, in the order of the set; draws no random numbers.
/// Calls `before_block` before each block; it may throw to cancel.
Evaluation evaluate(Learner& learner,
                    const ImageSet& set,
                    std::int64_t batch_size,
                    const std::function<void()>& before_block = {});

/// Returns the range of consecutive layers whose mean score has the highest accuracy on `set`; on a
/// tie the shortest range, then the lowest. `before_block` as in evaluate().
std::vector<std::int64_t> best_layers(Learner& learner,
                                      const ImageSet& set,
                                      std::int64_t batch_size,
                                      const std::function<void()>& before_block = {});

/// Returns the accuracies in the format of result.json: {"accuracy_by_prefix": {"train": [...],
/// "test": [...]}, ...}.
Json accuracies(const Evaluation& train, const Evaluation& test, const Evaluation* validation);

}  // namespace ff::experiments
