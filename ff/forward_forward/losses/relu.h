// Hinge loss L = mean max(z, 0): samples on the right side of the threshold have no gradient.
#pragma once

#include <ATen/Functions.h>

namespace ff {

/// Returns mean(relu(z)), z (M) -> scalar.
inline at::Tensor relu_loss(const at::Tensor& z) { return at::relu(z).mean(); }

}  // namespace ff
