// max(z, 0): only rows on the wrong side of the threshold teach.
#pragma once

#include <ATen/Functions.h>

namespace ff {

/// mean(relu(z)), z (M) -> scalar.
inline at::Tensor relu_loss(const at::Tensor& z) { return at::relu(z).mean(); }

inline double relu_of_row(double z) { return z > 0 ? z : 0; }
inline double relu_slope(double z) { return z > 0 ? 1 : 0; }

}  // namespace ff
