// Measurement of the memory that training a config takes, by running training steps.
#pragma once

#include <cstdint>
#include <vector>

#include "experiments/config/config_options.h"
#include "ff/data/image_set.h"
#include "ff/learn/learner.h"

namespace ff::experiments {

/// Peak memory of the tensors on one device, in bytes; excludes the program and the data set.
struct TrainingMemory {
  double parameters = 0, state = 0;  // allocated for the whole run: the content of a checkpoint
  double working = 0;                // gradients and activations: the rest of the peak
  double evaluate = 0;  // peak of evaluating one batch, above what is already allocated
  double peak() const { return parameters + state + working; }
};

/// The training phases to measure, with two steps each (the second with optimizer state allocated).
/// Phases of zero epochs are skipped. kFirstAndLast is faster, and sufficient if all phases between
/// the first and the last are alike.
enum class PhasesMeasured { kAll, kFirstAndLast };

/// Measures training steps on the first `batch_size` images of `train`, on their device, and one
/// evaluation of `evaluate.batch_size` samples. Excludes the caches of `fused.cache_mib`. Throws as
/// the learner of the rule does.
TrainingMemory training_memory(Config config, const ImageSet& train, PhasesMeasured phases);

}  // namespace ff::experiments
