#include "ff/nn/dropout.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

namespace ff {

void draw_dropout_mask(at::Tensor mask, double p) { mask.bernoulli_(1 - p); }

at::Tensor dropped(const at::Tensor& activations, double p) {
  if (p == 0) return activations;
  auto mask = at::empty(activations.sizes(), at::kInt);
  draw_dropout_mask(mask, p);
  return activations * (mask.to(activations.options()) * dropout_scale(p));
}

}  // namespace ff
