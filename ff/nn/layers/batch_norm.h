// Batch normalisation (Ioffe & Szegedy 2015, arXiv 1502.03167). The backward pass goes through the
// batch mean and variance.
#pragma once

#include <cstdint>

#include <torch/nn/pimpl.h>

#include "ff/nn/layer_kind.h"

namespace ff {

/// y = (x - mean) / sqrt(variance + 1e-5) * weight + bias, per channel; as nn.BatchNorm1d and
/// nn.BatchNorm2d, with momentum 0.1 for the running statistics.
class BatchNormImpl : public LayerImpl {
 public:
  /// If not `affine`, there are no weight and bias. Draws no random numbers.
  BatchNormImpl(std::int64_t channels, bool affine);

  /// Maps (N, C) or (N, C, H, W) to the same shape. Throws c10::Error if a batch has a single value
  /// per channel and batch statistics are used, as its variance is undefined.
  at::Tensor forward(const at::Tensor& x, Pass pass) const override;

  at::Tensor weight, bias;               // (C), or undefined if not affine
  at::Tensor running_mean, running_var;  // (C)
};

TORCH_MODULE(BatchNorm);

LayerKind batch_norm_layer();

}  // namespace ff
