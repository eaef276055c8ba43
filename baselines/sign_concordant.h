// Sign-concordant feedback (Liao, Leibo and Poggio 2016, "How important is weight symmetry in
// backpropagation?").
#pragma once

#include <vector>

#include "baselines/layerwise_rule.h"
#include "baselines/random_stream.h"

namespace ff::baselines {

/// delta_l = (delta_{l+1} V_{l+1}) * f'(a_l),  V_l = G_l * sign(W_l), elementwise; sign(0) = 0. The
/// derived rules define the magnitudes |G_l|. With `options.concordant` c < 1 each entry of G_l is
/// negative with probability 1 - c, drawn once, so that on average the fraction c of the feedback
/// weights has the sign of the weight.
class SignConcordant : public LayerwiseRule {
 public:
  SignConcordant(const Network& network, const FeedbackOptions& options);

  TensorDict state() const override;
  std::optional<fused::MlpBackward> closed_form() const override {
    return fused::MlpBackward{.feedback = factors, .weight_signs = true};
  }

  // G_l, of the weight's shape or a scalar; undefined for the first layer
  std::vector<at::Tensor> factors;
  std::vector<at::Tensor> signs;  // +-1, the signs of G_l; undefined if all are positive

 protected:
  at::Tensor backward_weight(std::size_t l) const override;

  /// Returns G_l, given its magnitudes |G_l|.
  at::Tensor with_signs(std::size_t l, const at::Tensor& magnitudes) const;

  FeedbackOptions options_;
  RandomStream random_;
};

}  // namespace ff::baselines
