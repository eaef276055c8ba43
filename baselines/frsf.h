// frSF, fixed random-magnitude sign-concordant feedback (Liao, Leibo and Poggio 2016, "How
// important is weight symmetry in backpropagation?").
#pragma once

#include "baselines/sign_concordant.h"

namespace ff::baselines {

/// delta_l = (delta_{l+1} V_{l+1}) * f'(a_l),  V_l = |M_l| * sign(W_l), with M_l drawn once by
/// `feedback.init`. With |M_l| = |W_l| at every step this would be backpropagation. "frsf".
class FixedRandomSignFeedback : public SignConcordant {
 public:
  FixedRandomSignFeedback(const Network& network, const FeedbackOptions& options);
};

}  // namespace ff::baselines
