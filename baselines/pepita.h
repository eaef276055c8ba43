// PEPITA, error-driven input modulation: two forward passes, the second one with an input modulated
// by the error.
#pragma once

#include "baselines/mlp_learner.h"
#include "baselines/pepita_options.h"

namespace ff::baselines {

/// Dellaferrera and Kreiman 2022, "Error-driven input modulation: solving the credit assignment
/// problem without a backward pass". With e = softmax - onehot of the first pass, primes for the
/// second pass, whose input is h_0' = x' = x + e F^T, and N samples:
///
///   dW_l = (h_l - h_l')^T h_{l-1}' / N  (l < L)    dW_L = e'^T h_{L-1}' / N
///
/// Biases analogously (the paper has none). F (pixels, classes) is U(+-pepita.scale sqrt(6 /
/// pixels)) and fixed.
class Pepita : public MlpLearner {
 public:
  /// Throws as MlpLearner's constructor.
  Pepita(const PepitaOptions& pepita, NetworkLearnerOptions options, DataInfo info);

  Gradient gradient(const at::Tensor& inputs, const at::Tensor& labels, Pass pass) override;

  /// -W_l ... W_1 F, which projects the error to layer l to first order in F, and backpropagation's
  /// (W_L ... W_{l+1})^T.
  std::vector<FeedbackPair> feedback_pairs() const override;

  TensorDict training_state() const override;

  at::Tensor projection;  // F, (pixels, classes)
};

}  // namespace ff::baselines
