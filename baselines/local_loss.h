// Interface of the loss of a single block.
#pragma once

#include "baselines/gradient.h"

namespace ff::baselines {

/// A loss of a block's output, with its own parameters.
class LocalLoss {
 public:
  virtual ~LocalLoss() = default;

  /// Returns the loss of h (N, C) or (N, C, H, W) with labels (N): a scalar, with its autograd
  /// graph.
  virtual at::Tensor loss(const at::Tensor& h, const at::Tensor& labels, Pass pass) const = 0;

  /// Returns the block's class scores, (N, classes); undefined if the loss has no classifier.
  virtual at::Tensor scores(const at::Tensor& h) const;

  /// Trainable parameters of the loss.
  virtual std::vector<NamedParameter> parameters() const = 0;

  /// Parameters and running statistics, by name; they share storage with the loss (for
  /// checkpoints).
  virtual TensorDict tensors() const = 0;
};

}  // namespace ff::baselines
