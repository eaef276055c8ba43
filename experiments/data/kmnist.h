// Kuzushiji-MNIST (Clanuwat et al. 2018): cursive Japanese characters, 60,000 + 10,000 images of
// 28x28 in 10 classes.
#pragma once

#include "experiments/data/dataset.h"

namespace ff::experiments {

Dataset kmnist();

}  // namespace ff::experiments
