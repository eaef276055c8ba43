// squared, a loss: the square of how far a row is on the wrong side of the threshold.
#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include "mine.h"

namespace mine {

ff::Loss squared_loss() {
  return {.name = "squared", .of = [](const at::Tensor& z) { return at::relu(z).pow(2).mean(); }};
}

}  // namespace mine
