// Feedback with the signs of the forward weights (Liao, Leibo and Poggio 2016, "How important is
// weight symmetry in backpropagation?").
#pragma once

#include <vector>

#include "baselines/layerwise_rule.h"
#include "baselines/random_stream.h"

namespace ff::baselines {

/// V_l = G_l * sign(W_l), elementwise; sign(0) = 0. The rules differ in the magnitudes |G|. With
/// `options.concordant` below 1 entries of G, drawn once, are negative: feedback whose signs agree
/// with the weights' in that share.
class SignConcordant : public LayerwiseRule {
 public:
  SignConcordant(const Network& network, const FeedbackOptions& options);

  TensorDict state() const override;
  std::optional<fused::MlpBackward> closed_form() const override {
    return fused::MlpBackward{.feedback = factors, .weight_signs = true};
  }

  std::vector<at::Tensor> factors;  // G_l, of the weight's shape or a scalar; first: undefined
  std::vector<at::Tensor> signs;    // of G_l, +-1; undefined where all are positive

 protected:
  at::Tensor backward_weight(std::size_t l) const override;

  /// Makes |G_l| G_l.
  at::Tensor with_signs(std::size_t l, const at::Tensor& magnitudes) const;

  FeedbackOptions options_;
  RandomStream random_;
};

}  // namespace ff::baselines
