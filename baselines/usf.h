// uSF, uniform sign-concordant feedback (Liao, Leibo and Poggio 2016, "How important is weight
// symmetry in backpropagation?").
#pragma once

#include "baselines/sign_concordant.h"

namespace ff::baselines {

/// delta_l = (delta_{l+1} V_{l+1}) * f'(a_l),  V_l = s_l sign(W_l), with s_l = sign_scale(initial
/// W_l). "usf".
class UniformSignFeedback : public SignConcordant {
 public:
  UniformSignFeedback(const Network& network, const FeedbackOptions& options);
};

/// Returns s of the initial weight (out, in) or (out, in, k, k), by `options.sign_scale`
/// ("original" 1 / sqrt(in), "init-std" the root mean square, "none" 1), times `options.scale`.
double sign_scale(const at::Tensor& weight, const FeedbackOptions& options);

}  // namespace ff::baselines
