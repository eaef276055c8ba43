// Noise of a rule's own.
#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

namespace ff::baselines {

/// Standard normal numbers of the shape, type and device of `like`, drawn on the CPU.
at::Tensor normal_like(const at::Tensor& like, at::Generator generator);

}  // namespace ff::baselines
