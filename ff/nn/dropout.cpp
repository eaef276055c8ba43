#include "ff/nn/dropout.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

namespace ff {

void draw_kept(at::Tensor keep, double p) { keep.bernoulli_(1 - p); }

at::Tensor dropped(const at::Tensor& activations, double p) {
  if (p == 0) return activations;
  auto keep = at::empty(activations.sizes(), at::kInt);
  draw_kept(keep, p);
  return activations * (keep.to(activations.options()) * dropout_scale(p));
}

}  // namespace ff
