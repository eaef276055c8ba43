// conv: a 2-D convolution.
#pragma once

#include "ff/nn/layer_kind.h"
#include "ff/nn/weighted_layer.h"

namespace ff {

/// As nn.Conv2d with square kernels; weight (out, in, k, k), bias (out).
class ConvLayerImpl : public WeightedLayerImpl {
 public:
  ConvLayerImpl(const LayerOptions& options, const LayerPlace& place);

  /// Maps (N, in, H, W) to (N, out, H', W').
  at::Tensor forward(const at::Tensor& x, Pass pass = Pass::kEvaluate) const override;

  std::int64_t stride, padding;
};

LayerKind conv_layer();

}  // namespace ff
