// uSF: uniform sign-concordant feedback.
#pragma once

#include "baselines/sign_concordant.h"

namespace ff::baselines {

/// V = s sign(W): s by `feedback.sign_scale`, times `feedback.scale`. "usf".
class UniformSignFeedback : public SignConcordant {
 public:
  UniformSignFeedback(const Network& network, const FeedbackOptions& options);
};

/// s of a weight (out, in) or (out, in, k, k) as it was drawn.
double sign_scale(const at::Tensor& weight, const FeedbackOptions& options);

}  // namespace ff::baselines
