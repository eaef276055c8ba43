// Kolen and Pollack's rule (1994, "Backpropagation without weight transport"), in Akrout et al.'s
// form (2019, "Deep learning without weight transport").
#pragma once

#include "baselines/feedback_alignment.h"

namespace ff::baselines {

/// Feedback alignment with learned feedback, updated by the same gradient and optimizer as W:
///
///   delta_l = (delta_{l+1} B_{l+1}) * f'(a_l)    dW_l = dB_l = delta_l^T h_{l-1}
///
/// Each update changes W - B only by the weight decay (without momentum by the factor 1 - lr *
/// decay), so B converges to W without weight transport. "kolen-pollack".
class KolenPollack : public FeedbackAlignment {
 public:
  using FeedbackAlignment::FeedbackAlignment;

  Gradient gradient(const at::Tensor& inputs, const at::Tensor& labels, Pass pass) override;
  std::vector<NamedParameter> learned_feedback() const override;
};

}  // namespace ff::baselines
