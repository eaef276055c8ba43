// A user's own PNG and JPEG files in one folder per class.
#pragma once

#include "experiments/data/dataset.h"

namespace ff::experiments {

/// Data set of train/CLASS/* and test/CLASS/*. Classes are the folders of train, sorted by name.
/// Images are interleaved by class (the first of each, then the second, ...), so that train_limit
/// and test_limit keep the classes balanced.
Dataset user_folder();

}  // namespace ff::experiments
