// Fashion-MNIST (Xiao, Rasul and Vollgraf 2017): clothing, 60,000 + 10,000 images of 28x28 in 10
// classes.
#pragma once

#include "experiments/data/dataset.h"

namespace ff::experiments {

Dataset fashion_mnist();

}  // namespace ff::experiments
