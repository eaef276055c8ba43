// SVHN, cropped digits (Netzer et al. 2011): digits of house numbers, 73,257 + 26,032 colour images
// of 32x32 in 10 classes, as MATLAB files.
#pragma once

#include "experiments/data/dataset.h"

namespace ff::experiments {

/// The published label of digit 0 is 10; it is read as 0.
Dataset svhn();

}  // namespace ff::experiments
