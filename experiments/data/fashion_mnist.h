// Fashion-MNIST: pieces of clothing, 60,000 + 10,000 images of 28x28 (Xiao, Rasul, Vollgraf).
#pragma once

#include "experiments/data/dataset.h"

namespace ff::experiments {

Dataset fashion_mnist();

}  // namespace ff::experiments
