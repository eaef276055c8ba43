// MNIST (LeCun, Cortes and Burges): handwritten digits, 60,000 + 10,000 images of 28x28 in 10
// classes.
#pragma once

#include "experiments/data/dataset.h"

namespace ff::experiments {

Dataset mnist();

}  // namespace ff::experiments
