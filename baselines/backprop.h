// Backpropagation, the rule that every other one is measured against.
#pragma once

#include "baselines/backward_rule.h"

namespace ff::baselines {

/// delta_l = (delta_{l+1} W_{l+1}) * f'(a_l); dW_l = delta_l^T h_{l-1}; LibTorch's autograd.
class Backprop : public BackwardRule {
 public:
  Backprop(const Network& network, const FeedbackOptions&) : BackwardRule(network) {}

  Gradient gradient(const at::Tensor& rows, const at::Tensor& labels, Pass pass) override {
    return backpropagate(*network_, rows, labels, pass);
  }
  std::optional<fused::MlpBackward> closed_form() const override { return fused::MlpBackward{}; }
};

}  // namespace ff::baselines
