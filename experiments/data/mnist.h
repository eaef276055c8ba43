// MNIST: handwritten digits, 60,000 + 10,000 images of 28x28 (LeCun, Cortes, Burges).
#pragma once

#include "experiments/data/dataset.h"

namespace ff::experiments {

Dataset mnist();

}  // namespace ff::experiments
