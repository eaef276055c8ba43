#include "baselines/noise.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Functions.h>

namespace ff::baselines {

at::Tensor normal_like(const at::Tensor& like) {
  return at::randn(like.sizes(), like.options().device(at::kCPU)).to(like.device());
}

KeepGenerator::KeepGenerator() : state_(at::detail::getDefaultCPUGenerator().get_state()) {}

KeepGenerator::~KeepGenerator() {
  auto generator = at::detail::getDefaultCPUGenerator();  // a handle to the one generator
  generator.set_state(state_);
}

}  // namespace ff::baselines
