// Forward-Forward beside backpropagation, through the same network on the same images.
#pragma once

#include <cstdint>
#include <vector>

#include "ff/forward_forward/network.h"
#include "ff/learn/gradient_measures.h"

namespace ff {

/// Rows (B, D) of one batch, without dropout, and what they are of.
struct MeasuredRows {
  at::Tensor positives, negatives;
  at::Tensor labels;  // int64 (B), of the positives
};

/// Gathers over batches, of every layer, GradientMeasures of two gradients at its weight: that of
/// the layer's own objective, and backpropagation's through all layers, of the cross-entropy of the
/// network's own scores. Draws nothing and changes nothing.
class FFMeasures {
 public:
  explicit FFMeasures(FFNetwork network);

  /// `scores`, with gradient, (B, C): what the network predicts the batch's classes by.
  void add(const MeasuredRows& rows, const at::Tensor& scores);

  Measures result() const { return measures_.result(); }

 private:
  std::vector<at::Tensor> own_gradients(at::Tensor pos, at::Tensor neg);

  FFNetwork network_;
  GradientMeasures measures_;
};

}  // namespace ff
