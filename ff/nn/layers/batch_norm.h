// Batch normalisation (Ioffe and Szegedy 2015) with its true backward pass, which goes through the
// batch's mean and variance too.
#pragma once

#include <cstdint>

#include <torch/nn/pimpl.h>

#include "ff/nn/layer_kind.h"

namespace ff {

/// y = (x - mean) / sqrt(variance + 1e-5) for each channel, times weight, plus bias; as
/// nn.BatchNorm1d and nn.BatchNorm2d, running statistics with momentum 0.1.
class BatchNormImpl : public LayerImpl {
 public:
  /// Without `affine` there is no weight and no bias. Draws nothing.
  BatchNormImpl(std::int64_t channels, bool affine);

  /// (N, C) or (N, C, H, W) -> the same. Throws c10::Error for a batch with one value per channel,
  /// which has no variance, unless the running ones are taken.
  at::Tensor forward(const at::Tensor& x, Pass pass) const override;

  at::Tensor weight, bias;               // (C), or undefined
  at::Tensor running_mean, running_var;  // (C)
};

TORCH_MODULE(BatchNorm);

LayerKind batch_norm_layer();

}  // namespace ff
