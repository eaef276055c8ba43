// linear: a fully connected layer.
#pragma once

#include "ff/nn/layer_kind.h"
#include "ff/nn/weighted_layer.h"

namespace ff {

/// What nn.Linear is: y = x W^T + b; weight (out, in), bias (out).
class LinearLayerImpl : public WeightedLayerImpl {
 public:
  LinearLayerImpl(const LayerOptions& options, const LayerPlace& place);

  /// (N, in), or what flattens to it, -> (N, out)
  at::Tensor forward(const at::Tensor& x, Pass pass = Pass::kEvaluate) const override;

  bool adds_bias_apart;  // mm and an addition, not addmm
};

LayerKind linear_layer();

}  // namespace ff
