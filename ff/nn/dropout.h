// Dropout that preserves goodness: kept units are scaled so that the expected sum of squares, not
// the expected sum, is unchanged.
#pragma once

#include <cmath>

#include <ATen/core/Tensor.h>

namespace ff {

/// Returns the scale of kept units, 1/sqrt(1 - p) rather than the usual 1/(1 - p), because goodness
/// is a sum of squares.
inline double dropout_scale(double p) { return 1 / std::sqrt(1 - p); }

/// Draws a dropout mask into `mask`, int32 (N, D) on the CPU: 1 with probability 1 - p, else 0.
/// Uses the default CPU generator and draws the same numbers as Python's `bernoulli_`.
void draw_dropout_mask(at::Tensor mask, double p);

/// Returns activations (N, D) with dropout applied; unchanged if p is 0.
at::Tensor dropped(const at::Tensor& activations, double p);

}  // namespace ff
