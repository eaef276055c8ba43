// Error-sign-based direct feedback alignment (Frenkel, Lefebvre and Bol 2019, "Learning without
// feedback").
#pragma once

#include <ATen/TensorOperators.h>

#include "baselines/direct_rule.h"

namespace ff::baselines {

/// delta_l = (sign(e) B_l) * f'(a_l) / N,  dW_l = delta_l^T h_{l-1},  with e = softmax(a_L) -
/// onehot and B_l (classes, units) random and fixed. "sdfa".
class SignDirectFeedbackAlignment : public DirectRule {
 public:
  using DirectRule::DirectRule;

 protected:
  at::Tensor signal(const at::Tensor& error, const at::Tensor&) const override {
    return error.sign() / static_cast<double>(error.size(0));
  }
  fused::MlpBackward::Signal fused_signal() const override {
    return fused::MlpBackward::Signal::kErrorSign;
  }
};

}  // namespace ff::baselines
