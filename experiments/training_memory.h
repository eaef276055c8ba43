// How much memory a config's training takes, by doing it.
#pragma once

#include <cstdint>
#include <vector>

#include "experiments/config/options.h"
#include "ff/data/image_set.h"
#include "ff/learn/learner.h"

namespace ff::experiments {

/// Bytes of tensors on one device; the program and the data set are not among them.
struct TrainingMemory {
  double parameters = 0, state = 0;  // held from the start: what a checkpoint has
  double working = 0;                // gradients and activations: the rest of the peak
  double evaluate = 0;               // above what is held, for a block of images
  double peak() const { return parameters + state + working; }
};

/// Which phases two steps are made of, the second with the optimizer's state there. Phases without
/// epochs are none; the first and the last are enough where all between are alike, and quicker.
enum class PhasesMeasured { kAll, kFirstAndLast };

/// Measured over steps on the first `batch_size` images of `train`, whose device is the one
/// measured, and an evaluation of `evaluate.batch_size` rows. What would be kept of the whole data
/// set (`fused.cache_mib`) is left out. Throws as the rule's learner does.
TrainingMemory training_memory(Config config, const ImageSet& train, PhasesMeasured phases);

}  // namespace ff::experiments
