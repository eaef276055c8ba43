// Example goodness function peak: g = (mean(h^2) + max(h^2)) / 2. It has no closed-form gradient,
// so networks with it are trained by autograd.
#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include "mine.h"

namespace mine {

ff::Goodness peak_goodness() {
  return {.name = "peak", .of = [](const at::Tensor& activations) {
            const auto squares = activations.pow(2);
            return (squares.mean(/*dim=*/1) + squares.amax(/*dim=*/1)) / 2;
          }};
}

}  // namespace mine
