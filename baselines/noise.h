// Gaussian noise that is the same on all devices.
#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

namespace ff::baselines {

/// Returns samples of N(0, 1) with the shape, type and device of `like`, drawn on the CPU so that
/// they do not depend on the device.
at::Tensor normal_like(const at::Tensor& like, at::Generator generator);

}  // namespace ff::baselines
