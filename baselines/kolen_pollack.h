// Kolen and Pollack's rule (1994, "Backpropagation without weight transport"), in Akrout et al.'s
// form (2019, "Deep learning without weight transport").
#pragma once

#include "baselines/feedback_alignment.h"

namespace ff::baselines {

/// Feedback alignment whose B_l learns too, from the same two signals as W_l and with the same
/// optimizer: dB_l = dW_l. Each update leaves W - B as it is but for the weight decay, which lets
/// it vanish: B becomes W without either having been looked at. "kolen-pollack".
class KolenPollack : public FeedbackAlignment {
 public:
  using FeedbackAlignment::FeedbackAlignment;

  Gradient gradient(const at::Tensor& rows, const at::Tensor& labels, Pass pass) override;
  std::vector<NamedParameter> learned_feedback() const override;
};

}  // namespace ff::baselines
