// Indirect feedback alignment (Nokland 2016, "Direct feedback alignment provides learning in deep
// neural networks", figure 1d).
#pragma once

#include "baselines/dfa.h"

namespace ff::baselines {

/// delta_1 = (e B_1) * f'(a_1),  delta_l = (delta_{l-1} W_l^T) * f'(a_l),  dW_l = delta_l^T
/// h_{l-1}: the error is projected to the first hidden layer and propagated forward through the
/// weights. The last layer uses backpropagation's error. MLPs only. "ifa".
class IndirectFeedbackAlignment : public DirectFeedbackAlignment {
 public:
  IndirectFeedbackAlignment(const Network& network, const FeedbackOptions& options);

  Gradient gradient(const at::Tensor& inputs, const at::Tensor& labels, Pass pass) override;

  /// B_1 W_2^T ... W_l^T, the effective feedback matrix of layer l, and W_L ... W_{l+1}.
  std::vector<FeedbackPair> feedback_pairs() const override;

  std::optional<fused::MlpBackward> closed_form() const override {
    return fused::MlpBackward{.path = fused::MlpBackward::Path::kIndirect, .feedback = feedback};
  }
};

}  // namespace ff::baselines
