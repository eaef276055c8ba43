// Example loss squared-hinge: max(0, 1 + z)^2, where z > 0 for a sample on the wrong side of the
// threshold.
#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include "mine.h"

namespace mine {

ff::Loss squared_hinge() {
  return {.name = "squared-hinge",
          .of = [](const at::Tensor& z) { return at::relu(1 + z).pow(2).mean(); }};
}

}  // namespace mine
