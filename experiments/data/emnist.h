// EMNIST Letters (Cohen, Afshar, Tapson and van Schaik 2017): handwritten capital and small
// letters, 124,800 + 20,800 images of 28x28 in 26 classes.
#pragma once

#include "experiments/data/dataset.h"

namespace ff::experiments {

/// The published files have labels 1 to 26 and transposed images; they are read as labels 0 (A) to
/// 25 (Z) and upright.
Dataset emnist_letters();

}  // namespace ff::experiments
