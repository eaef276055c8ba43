// projection: class scores by a learned linear projection of the block's output.
#pragma once

#include "ff/forward_forward/objective.h"

namespace ff {

/// scores = p(h) M^T, with p the activations, flattened, and M (K, D) learned with the block
/// (Mono-Forward: Gong et al. 2025, arXiv 2501.09238, which has no convolutions). Feature maps
/// larger than `side` x `side` are first average-pooled to that size.
class Projection : public Objective {
 public:
  /// Draws M from U(+-1/sqrt(D)).
  Projection(std::int64_t side, const ObjectivePlace& place);

  at::Tensor scores(const at::Tensor& activations) const override;

  at::Tensor weight;  // M, (K, D)

 private:
  Shape shape_;
  std::int64_t height_, width_;  // of the maps that are projected
};

ObjectiveKind projection_objective();

}  // namespace ff
