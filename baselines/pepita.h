// PEPITA: two forward passes, the second on an input that the error has modulated.
#pragma once

#include "baselines/pepita_options.h"
#include "baselines/perceptron_learner.h"

namespace ff::baselines {

/// Dellaferrera and Kreiman 2022, with e = softmax - onehot of the first pass and primes on the
/// second, whose input is x' = x + e F^T:
///
///   dW_1 = (h_1 - h_1')^T x'    dW_l = (h_l - h_l')^T h_{l-1}'    dW_L = e'^T h_{L-1}'
///
/// averaged over the batch, biases likewise (the paper has none). F (in, classes) stays as drawn.
class Pepita : public PerceptronLearner {
 public:
  /// Throws as PerceptronLearner does.
  Pepita(const PepitaOptions& pepita, NetworkLearnerOptions options, DataInfo info);

  Gradient gradient(const at::Tensor& rows, const at::Tensor& labels, Pass pass) override;

  /// -W_l ... W_1 F, which takes an error to layer l on its way up, and backpropagation's
  /// (W_L ... W_{l+1})^T.
  std::vector<FeedbackPair> feedback_pairs() const override;

  TensorDict training_state() const override;

  at::Tensor projection;  // F
};

}  // namespace ff::baselines
