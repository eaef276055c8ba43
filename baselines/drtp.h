// Direct random target projection (Frenkel, Lefebvre and Bol 2019, "Learning without feedback:
// direct random target projection as a feedback-alignment algorithm with layerwise feedforward
// training").
#pragma once

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include "baselines/direct_rule.h"

namespace ff::baselines {

/// delta_l = (t B_l) * f'(a_l) / N,  dW_l = delta_l^T h_{l-1},  with t the one-hot labels (N,
/// classes) and B_l (classes, units) random and fixed. Hidden layers need no error, so they can
/// learn before the output is computed. The signal of a class is constant: only f' and the input
/// change the update. "drtp".
class DirectRandomTargetProjection : public DirectRule {
 public:
  using DirectRule::DirectRule;

 protected:
  at::Tensor signal(const at::Tensor& error, const at::Tensor& labels) const override {
    const auto targets = at::one_hot(labels, error.size(1)).to(error.scalar_type());
    return targets / static_cast<double>(error.size(0));
  }
  fused::MlpBackward::Signal fused_signal() const override {
    return fused::MlpBackward::Signal::kTarget;
  }
};

}  // namespace ff::baselines
