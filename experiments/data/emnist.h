// EMNIST's letters: handwritten letters, capital or small, 124,800 + 20,800 images of 28x28 in 26
// classes (Cohen and others).
#pragma once

#include "experiments/data/dataset.h"

namespace ff::experiments {

/// Published with labels 1 to 26 and every image transposed; read as labels 0 (A) to 25 (Z) and
/// upright.
Dataset emnist_letters();

}  // namespace ff::experiments
