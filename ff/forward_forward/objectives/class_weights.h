// class-weights: every channel belongs to the classes by learned shares.
#pragma once

#include "ff/forward_forward/objective.h"

namespace ff {

/// Options of ClassWeights; the defaults are those of CAW-Conv for CIFAR-10.
struct ClassWeightsOptions {
  double pool_max = 0.06, pool_min = 0.05;
  double initial_temperature = 10, temperature_decay = 0.995;
  double entropy = 1e-2, orthogonality = 1e-3;
};

/// With p_c = (1 - pool_max) mean + pool_max max - pool_min min over the positions of channel c,
/// and W (C, K) learned, from 0.5 (CAW-Conv, 2026, arXiv 2606.09928, with its code):
///
///   A = softmax over the classes of W / T,  scores = p A
///   T = min(max(e^t, 0.1), 100) * temperature_decay^epoch,  t learned
///   loss = cross-entropy(scores) + entropy * H + orthogonality * min(1, epoch / 50) * O
///   H = 1/K sum_k (-sum_c A_ck log A_ck)
///   O = mean((B^T B - I)^2) / (K^2 C),  B the columns of A divided by their length
///
/// H makes a channel's shares decided, O makes classes use different channels.
class ClassWeights : public Objective {
 public:
  ClassWeights(const ClassWeightsOptions& options, const ObjectivePlace& place);

  at::Tensor scores(const at::Tensor& activations) const override;
  at::Tensor loss(const at::Tensor& activations, const at::Tensor& labels) const override;
  void enter_epoch(std::int64_t epoch) override;

  at::Tensor weight;           // W, (C, K)
  at::Tensor log_temperature;  // t, (1)
  at::Tensor epoch;            // float (1), a buffer, as prediction depends on it

 private:
  at::Tensor shares() const;  // A, (C, K)

  ClassWeightsOptions options_;
};

ObjectiveKind class_weights_objective();

}  // namespace ff
