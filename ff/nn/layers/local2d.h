// local2d: a locally connected layer: windows as of a convolution, with unshared weights.
#pragma once

#include "ff/nn/layer_kind.h"
#include "ff/nn/weighted_layer.h"

namespace ff {

/// A grid of square windows, as of nn.Conv2d, each with its own weights: the local receptive fields
/// of Hinton 2022 (arXiv 2212.13345, section 3.2). With the same weights at every position it is a
/// convolution.
///
/// weight is (units, k, k, in) and bias (units), where units = H' * W' * channels are ordered by
/// position, row by row, then by channel.
class Local2dImpl : public WeightedLayerImpl {
 public:
  Local2dImpl(const LayerOptions& options, const LayerPlace& place);

  /// Maps (N, in, H, W) to (N, channels, H', W').
  at::Tensor forward(const at::Tensor& x, Pass pass = Pass::kEvaluate) const override;

  std::int64_t channels, kernel, stride, padding;
};

LayerKind local2d_layer();

}  // namespace ff
