// Kuzushiji-MNIST: cursive Japanese characters, 60,000 + 10,000 images of 28x28 (Clanuwat and
// others).
#pragma once

#include "experiments/data/dataset.h"

namespace ff::experiments {

Dataset kmnist();

}  // namespace ff::experiments
