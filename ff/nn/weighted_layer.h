// A layer with weights that a rule trains.
#pragma once

#include <torch/nn/pimpl.h>

#include "ff/nn/layer.h"

namespace ff {

/// It registers `weight`, with one output after the other in its first dimension, and `bias` (out);
/// further parameters and buffers as it likes. linear (layers/linear.h) and conv (layers/conv.h)
/// are the examples.
class WeightedLayerImpl : public LayerImpl {
 public:
  at::Tensor weight, bias;
};

TORCH_MODULE(WeightedLayer);

}  // namespace ff
