// squared-hinge, a loss: max(0, 1 + z)^2, z being how far a row is past the threshold on the wrong
// side.
#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include "mine.h"

namespace mine {

ff::Loss squared_hinge() {
  return {.name = "squared-hinge",
          .of = [](const at::Tensor& z) { return at::relu(1 + z).pow(2).mean(); }};
}

}  // namespace mine
