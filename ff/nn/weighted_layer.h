// WeightedLayerImpl: the base class of layers with weights trained by a learning rule.
#pragma once

#include <torch/nn/pimpl.h>

#include "ff/nn/layer.h"

namespace ff {

/// Derived classes register `weight`, with outputs in dimension 0, and `bias` (out); they may
/// register further parameters and buffers. For examples, see layers/linear.h and layers/conv.h.
class WeightedLayerImpl : public LayerImpl {
 public:
  at::Tensor weight, bias;
};

TORCH_MODULE(WeightedLayer);

}  // namespace ff
