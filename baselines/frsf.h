// frSF: fixed random-magnitude sign-concordant feedback.
#pragma once

#include "baselines/sign_concordant.h"

namespace ff::baselines {

/// V = |M| * sign(W), M drawn once by `feedback.init`. With |M| = |W| at every step this would be
/// backpropagation. "frsf".
class FixedRandomSignFeedback : public SignConcordant {
 public:
  FixedRandomSignFeedback(const Network& network, const FeedbackOptions& options);
};

}  // namespace ff::baselines
