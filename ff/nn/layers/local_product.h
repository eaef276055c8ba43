// The product of a locally connected layer, as two algorithms with the same result up to rounding.
#pragma once

#include <ATen/core/Tensor.h>

#include "ff/nn/layers/local_windows.h"

namespace ff {

/// Gradients of a local product; those not asked for are undefined.
struct LocalGradients {
  at::Tensor x, weight, bias;
};

/// Algorithms for y = weight * window + bias. x is (N, C, H, W), already padded; weight is (units,
/// k, k, C), that is, a matrix (units, taps); bias is (units); y is (N, out, rows, columns),
/// contiguous. `kept` is what forward() leaves for backward().
struct LocalProduct {
  at::Tensor (*forward)(const LocalWindows& windows,
                        const at::Tensor& x,
                        const at::Tensor& weight,
                        const at::Tensor& bias,
                        at::Tensor& kept);
  LocalGradients (*backward)(const LocalWindows& windows,
                             const at::Tensor& kept,
                             const at::Tensor& weight,
                             const at::Tensor& delta,
                             bool wants_x);
};

/// Gathers the windows of each position into a matrix (N, taps), then one batched product over the
/// positions. For any device and type.
const LocalProduct& batched_local_product();

/// Loops over windows in place (local_kernels.h). For float and double on a CPU.
const LocalProduct& direct_local_product();

/// Returns the faster of the two for this batch.
const LocalProduct& local_product(const LocalWindows& windows, const at::Tensor& x);

/// Returns y, differentiable by autograd (once) in x, weight and bias.
at::Tensor apply_local_product(const LocalProduct& product,
                               const LocalWindows& windows,
                               const at::Tensor& x,
                               const at::Tensor& weight,
                               const at::Tensor& bias);

}  // namespace ff
