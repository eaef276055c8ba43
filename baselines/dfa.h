// Direct feedback alignment (Nokland 2016, "Direct feedback alignment provides learning in deep
// neural networks").
#pragma once

#include "baselines/direct_rule.h"

namespace ff::baselines {

/// delta_l = (e B_l) * f'(a_l),  dW_l = delta_l^T h_{l-1},  with e = (softmax(a_L) - onehot) / N
/// and B_l (classes, units) random and fixed. "dfa".
class DirectFeedbackAlignment : public DirectRule {
 public:
  using DirectRule::DirectRule;

 protected:
  at::Tensor signal(const at::Tensor& error, const at::Tensor&) const override { return error; }
  fused::MlpBackward::Signal fused_signal() const override {
    return fused::MlpBackward::Signal::kError;
  }
};

}  // namespace ff::baselines
