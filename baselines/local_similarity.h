// Similarity matching loss: samples of the same class should have similar activations.
#pragma once

#include "baselines/local_loss.h"

namespace ff::baselines {

/// Returns S(x) = Y Y^T (N, N), clamped to [-1, 1], where Y is x (N, D) with each sample centred
/// and divided by (its norm + 1e-8): the cosine similarities of the centred samples. For feature
/// maps (N, C, H, W) with C > 3 and H > 1, D = C and a sample is represented by the standard
/// deviation of each channel (Nokland and Eidnes 2019, and their code).
at::Tensor similarity(const at::Tensor& x);

/// loss = mean over all pairs of (S(g(h)) - S(onehot))^2, with S = similarity() and g a linear
/// layer of h's width or a 3x3 convolution, both without bias (Nokland and Eidnes 2019).
class LocalSimilarity : public LocalLoss {
 public:
  /// `shape`: output shape of the block for one sample. Draws the weight of g.
  LocalSimilarity(const Shape& shape, std::int64_t classes);

  at::Tensor loss(const at::Tensor& h, const at::Tensor& labels, Pass pass) const override;
  std::vector<NamedParameter> parameters() const override { return {{"weight", weight}}; }
  TensorDict tensors() const override { return {{"weight", weight}}; }

  at::Tensor weight;  // weight of g, (D, D) or (C, C, 3, 3)

 private:
  std::int64_t classes_;
};

}  // namespace ff::baselines
