// FFMeasures: comparison of Forward-Forward's gradients with backpropagation's, on the same network
// and images.
#pragma once

#include <cstdint>
#include <vector>

#include "ff/forward_forward/ff_network.h"
#include "ff/learn/gradient_measures.h"

namespace ff {

/// Samples (B, D) of one batch, without dropout, with their labels.
struct MeasuredRows {
  at::Tensor positives, negatives;
  at::Tensor labels;  // int64 (B), of the positives
};

/// Accumulates GradientMeasures per layer, comparing the gradient of the layer's own objective with
/// backpropagation's gradient of the cross-entropy of the network's scores, both at the layer's
/// weight. Draws no random numbers and changes no state.
class FFMeasures {
 public:
  explicit FFMeasures(FFNetwork network);

  /// Adds a batch; `scores` (B, C) are the network's differentiable class scores.
  void add(const MeasuredRows& rows, const at::Tensor& scores);

  Measures result() const { return measures_.result(); }

 private:
  std::vector<at::Tensor> own_gradients(at::Tensor pos, at::Tensor neg);

  FFNetwork network_;
  GradientMeasures measures_;
};

}  // namespace ff
