// Backpropagation (Rumelhart, Hinton and Williams 1986, "Learning representations by
// back-propagating errors"), the reference for all other rules.
#pragma once

#include "baselines/backward_rule.h"

namespace ff::baselines {

/// Backpropagation of the mean cross-entropy, by LibTorch's autograd. "bp". With a_l = W_l h_{l-1}
/// + b_l, h_l = f(a_l) and N samples:
///
///   delta_L = (softmax(a_L) - onehot) / N
///   delta_l = (delta_{l+1} W_{l+1}) * f'(a_l)
///   dW_l = delta_l^T h_{l-1}    db_l = sum over the batch of delta_l
class Backprop : public BackwardRule {
 public:
  Backprop(const Network& network, const FeedbackOptions&) : BackwardRule(network) {}

  Gradient gradient(const at::Tensor& inputs, const at::Tensor& labels, Pass pass) override {
    return backpropagate(*network_, inputs, labels, pass);
  }
  std::optional<fused::MlpBackward> closed_form() const override { return fused::MlpBackward{}; }
};

}  // namespace ff::baselines
