#include "baselines/noise.h"

#include <ATen/Functions.h>

namespace ff::baselines {

at::Tensor normal_like(const at::Tensor& like, at::Generator generator) {
  return at::randn(like.sizes(), std::move(generator), like.options().device(at::kCPU))
      .to(like.device());
}

}  // namespace ff::baselines
