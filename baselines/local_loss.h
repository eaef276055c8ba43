// The loss by which a hidden block learns on its own.
#pragma once

#include "baselines/gradient.h"

namespace ff::baselines {

/// A loss on what a block gives, with the parameters that it needs beside the block's.
class LocalLoss {
 public:
  virtual ~LocalLoss() = default;

  /// The loss of h (N, C) or (N, C, H, W) with labels (N), a scalar with its graph.
  virtual at::Tensor loss(const at::Tensor& h, const at::Tensor& labels, Pass pass) const = 0;

  /// The block's own scores of the classes, (N, classes); undefined where the loss has none.
  virtual at::Tensor scores(const at::Tensor& h) const;

  virtual std::vector<NamedParameter> parameters() const = 0;

  /// Parameters and running statistics, live.
  virtual TensorDict tensors() const = 0;
};

}  // namespace ff::baselines
