// A small Forward-Forward learner, its batches, and the tensors changed by a step.
#pragma once

#include <string>
#include <vector>

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include "ff/forward_forward/goodness_learner.h"

namespace ff::test {

inline FFLearnerOptions small(const std::string& schedule) {
  FFLearnerOptions options;
  options.model.widths = {12, 8, 5};
  options.model.threshold.initial = 1.0;
  options.schedule.type = schedule;
  options.optimizer.learning_rate = 0.02;
  return options;
}

inline Batch batch(const FFLearner& learner, std::int64_t begin, std::int64_t size, int streams) {
  const std::vector<at::Tensor> rows(streams, at::arange(begin, begin + size, at::kLong));
  return resident_batch(learner.info().resident, rows);
}

inline std::vector<std::string> changed(const TensorDict& before, const FFLearner& learner) {
  std::vector<std::string> names;
  for (const auto& [name, tensor] : learner.model()) {
    if (!at::equal(tensor, before.at(name))) names.push_back(name);
  }
  return names;
}

}  // namespace ff::test
