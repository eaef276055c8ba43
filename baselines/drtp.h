// Direct random target projection (Frenkel, Lefebvre and Bol 2019, "Learning without feedback:
// direct random target projection as a feedback-alignment algorithm with layerwise feedforward
// training").
#pragma once

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include "baselines/direct_rule.h"

namespace ff::baselines {

/// delta_l = (t B_l) * f'(a_l), t the one-hot label, over the batch a mean: t / N. Hidden layers
/// need no error, and can learn before the output is known. The signal of a label is always the
/// same: what moves the layer is f' and its input alone. "drtp".
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
