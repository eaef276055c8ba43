// How often a learner is right.
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
  double accuracy = 0;              // share of images whose label has the highest score
  std::vector<double> by_prefix;    // the same by the first 1, 2, ... layers together
  std::vector<double> by_layer;     // and by each layer alone; both empty where layers do not score
  std::vector<double> least, most;  // of a layer's scores, over all images and labels
  std::map<std::string, double> by_method;  // where a learner can predict in several ways
  std::optional<double> loss;               // mean per image
  at::Tensor predictions;                   // int64 (N), on the CPU
};

/// Evaluates in blocks of `batch_size` rows, in the set's order; draws no random numbers. Calls
/// `before_block` ahead of each block, which may throw to break off.
Evaluation evaluate(Learner& learner,
                    const ImageSet& set,
                    std::int64_t batch_size,
                    const std::function<void()>& before_block = {});

/// The range of consecutive layers whose mean score is right most often on `set`; of equals the one
/// with the fewest layers, and of these the lowest. `before_block` as in evaluate.
std::vector<std::int64_t> best_layers(Learner& learner,
                                      const ImageSet& set,
                                      std::int64_t batch_size,
                                      const std::function<void()>& before_block = {});

/// {"accuracy_by_prefix": {"train": [...], "test": [...]}, ...} and the accuracies, as result.json
/// has them.
Json accuracies(const Evaluation& train, const Evaluation& test, const Evaluation* validation);

}  // namespace ff::experiments
