// Similarity matching: images of one class are to look alike to a block, those of two not.
#pragma once

#include "baselines/local_loss.h"

namespace ff::baselines {

/// The cosines between the rows of x (N, D), each less its mean: (N, N), 1 on the diagonal. Of maps
/// (N, C, H, W) with more than 3 channels, a row is each channel's standard deviation (Nokland and
/// Eidnes 2019, and their code).
at::Tensor similarity(const at::Tensor& x);

/// The mean square of similarity(g(h)) - similarity(onehot), where g is a linear layer as wide as
/// h, or a 3x3 convolution, without bias.
class LocalSimilarity : public LocalLoss {
 public:
  /// `shape` is that of what the block gives for one image. Draws g.
  LocalSimilarity(const Shape& shape, std::int64_t classes);

  at::Tensor loss(const at::Tensor& h, const at::Tensor& labels, Pass pass) const override;
  std::vector<NamedParameter> parameters() const override { return {{"weight", weight}}; }
  TensorDict tensors() const override { return {{"weight", weight}}; }

  at::Tensor weight;  // of g, (D, D) or (C, C, 3, 3)

 private:
  std::int64_t classes_;
};

}  // namespace ff::baselines
