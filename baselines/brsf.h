// brSF, batch-wise random-magnitude sign-concordant feedback (Liao, Leibo and Poggio 2016, "How
// important is weight symmetry in backpropagation?").
#pragma once

#include "baselines/sign_concordant.h"

namespace ff::baselines {

/// delta_l = (delta_{l+1} V_{l+1}) * f'(a_l),  V_l = |M_l| * sign(W_l), with M_l redrawn by
/// `feedback.init` for each batch. "brsf".
class BatchRandomSignFeedback : public SignConcordant {
 public:
  BatchRandomSignFeedback(const Network& network, const FeedbackOptions& options);

  Gradient gradient(const at::Tensor& inputs, const at::Tensor& labels, Pass pass) override;
  TensorDict state() const override;
  std::optional<fused::MlpBackward> closed_form() const override { return std::nullopt; }

 private:
  void draw(Pass pass);
};

}  // namespace ff::baselines
