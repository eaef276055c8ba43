// linear: a fully connected layer.
#pragma once

#include "ff/nn/layer_kind.h"
#include "ff/nn/weighted_layer.h"

namespace ff {

/// As nn.Linear: y = x W^T + b; weight (out, in), bias (out).
class LinearLayerImpl : public WeightedLayerImpl {
 public:
  LinearLayerImpl(const LayerOptions& options, const LayerPlace& place);

  /// Maps (N, in), or a tensor that flattens to it, to (N, out).
  at::Tensor forward(const at::Tensor& x, Pass pass = Pass::kEvaluate) const override;

  bool separate_bias_add;  // mm followed by an addition, which rounds differently from addmm
};

LayerKind linear_layer();

}  // namespace ff
