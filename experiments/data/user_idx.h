// A user's own images as IDX files, with any number of classes.
#pragma once

#include "experiments/data/dataset.h"

namespace ff::experiments {

/// Data set of files named like MNIST's, or with a prefix. Classes are 0 to the largest label in
/// either half; "original" normalisation maps pixels to [-1, 1] (mean and standard deviation 0.5).
Dataset user_idx();

}  // namespace ff::experiments
