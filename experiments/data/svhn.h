// SVHN, cropped: digits of house numbers, 73,257 + 26,032 colour images of 32x32 (Netzer and
// others), in MATLAB's files.
#pragma once

#include "experiments/data/dataset.h"

namespace ff::experiments {

/// Published with label 10 for the digit 0; read as label 0.
Dataset svhn();

}  // namespace ff::experiments
