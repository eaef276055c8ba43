// Dropout that keeps goodness: units are silenced at random in training, and those that are left
// are scaled so that the expected sum of their squares stays what it was.
#pragma once

#include <cmath>

#include <ATen/core/Tensor.h>

namespace ff {

/// What a unit that is kept is multiplied by: 1/sqrt(1 - p), not 1/(1 - p), as goodness is a sum
/// of squares.
inline double dropout_scale(double p) { return 1 / std::sqrt(1 - p); }

/// Draws into keep int32 (rows, D), on the CPU: 1 with probability 1 - p, else 0. From the default
/// CPU generator, the same draws as Python's `bernoulli_`.
void draw_kept(at::Tensor keep, double p);

/// activations (rows, D) with units silenced at random; as they are where p is 0.
at::Tensor dropped(const at::Tensor& activations, double p);

}  // namespace ff
