// brSF: batch-wise random-magnitude sign-concordant feedback.
#pragma once

#include "baselines/sign_concordant.h"

namespace ff::baselines {

/// V = |M| * sign(W), M drawn anew for each batch by `feedback.init`. "brsf".
class BatchRandomSignFeedback : public SignConcordant {
 public:
  BatchRandomSignFeedback(const Network& network, const FeedbackOptions& options);

  Gradient gradient(const at::Tensor& rows, const at::Tensor& labels, Pass pass) override;
  TensorDict state() const override;
  std::optional<fused::MlpBackward> closed_form() const override { return std::nullopt; }

 private:
  void draw(Pass pass);
};

}  // namespace ff::baselines
