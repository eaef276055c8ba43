// max(z, 0): only rows on the wrong side of the threshold teach.
#pragma once

#include <ATen/Functions.h>

namespace ff {

/// mean(relu(z)), z (M) -> scalar.
inline at::Tensor relu_loss(const at::Tensor& z) { return at::relu(z).mean(); }

}  // namespace ff
