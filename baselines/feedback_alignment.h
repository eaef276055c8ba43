// Feedback alignment (Lillicrap et al. 2014, "Random feedback weights support learning in deep
// neural networks"; Nature Communications 7, 2016).
#pragma once

#include "baselines/feedback.h"
#include "baselines/layerwise_rule.h"

namespace ff::baselines {

/// delta_l = (delta_{l+1} B_{l+1}) * f'(a_l),  dW_l = delta_l^T h_{l-1},  with B_l of the shape of
/// W_l, random and fixed. "fa".
class FeedbackAlignment : public LayerwiseRule {
 public:
  FeedbackAlignment(const Network& network, const FeedbackOptions& options);

  TensorDict state() const override;
  std::optional<fused::MlpBackward> closed_form() const override {
    return fused::MlpBackward{.feedback = feedback, .learned = learned_feedback()};
  }

  std::vector<at::Tensor> feedback;  // B_l of each layer; undefined for the first

 protected:
  at::Tensor backward_weight(std::size_t l) const override { return feedback[l]; }
};

}  // namespace ff::baselines
