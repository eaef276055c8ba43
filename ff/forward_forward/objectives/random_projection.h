// random-projection: class scores by a fixed random projection of patch-wise goodness.
#pragma once

#include "ff/forward_forward/objective.h"

namespace ff {

/// scores = G R^T + b, with G (N, D) the squares of the activations, average-pooled to P x P
/// positions and flattened, and R (K, D), b (K) drawn once from N(0, 1/K) and never trained (ASGE:
/// Gong et al. 2026, arXiv 2509.12394). Only the layers of the block learn. P is a given number
/// divided by the channels, at least 1 and at most the side of the maps.
class RandomProjection : public Objective {
 public:
  RandomProjection(std::int64_t channels_times_side, const ObjectivePlace& place);

  at::Tensor scores(const at::Tensor& activations) const override;

  at::Tensor weight, bias;  // R (K, D) and b (K); buffers

 private:
  std::int64_t height_, width_;  // of the pooled maps
};

ObjectiveKind random_projection_objective();

}  // namespace ff
