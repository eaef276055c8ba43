// Learners of the backward rules on the toy images.
#pragma once

#include "baselines/backward_learner.h"
#include "tests/close.h"
#include "tests/toy.h"

namespace ff::test {

inline constexpr std::int64_t kToyBatch = 20, kToyBatches = 3;

/// Returns options for training an 8-6-3 MLP with the rule.
inline baselines::NetworkLearnerOptions toy_options(const std::string& rule,
                                                    const std::string& engine) {
  baselines::NetworkLearnerOptions options{
      .layers = mlp_layers({8, 6, 3}, "relu"),
      .optimizer = {.type = "sgd", .learning_rate = 0.05, .momentum = 0.9},
      .engine = engine,
      .batch_size = kToyBatch};
  if (rule == "kolen-pollack") options.optimizer.weight_decay = 1e-3;
  return options;
}

inline ImageSet backward_toy_images() { return toy_images(kToyBatch * kToyBatches, 1); }

inline Batch toy_batch(const baselines::NetworkLearner& learner, int step) {
  const auto begin = kToyBatch * (step % kToyBatches);
  const auto rows = at::arange(begin, begin + kToyBatch, at::kLong);
  return resident_batch(learner.info().resident, {rows});
}

/// Trains steps [from, to), cycling through the same batches.
inline void train_steps(baselines::NetworkLearner& learner, int from, int to) {
  const auto phase = learner.phases()[0];
  for (int step = from; step < to; ++step) learner.train_batch(phase, toy_batch(learner, step));
}

}  // namespace ff::test
