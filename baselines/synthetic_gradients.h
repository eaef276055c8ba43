// Decoupled neural interfaces (Jaderberg et al. 2016, "Decoupled neural interfaces using synthetic
// gradients"): a small network predicts the gradient at each hidden layer from the layer's output.
#pragma once

#include <optional>
#include <vector>

#include "baselines/mlp_learner.h"
#include "baselines/synthetic_options.h"

namespace ff::baselines {

/// The predictor S_l estimates the gradient of a sample's loss at h_l, from h_l and, if conditioned
/// (cDNI), from the one-hot label:
///
///   delta_l = S_l(h_l [, onehot]) * f'(z_l) / N  (l < L)    delta_L = (softmax - onehot) / N
///   dW_l = delta_l^T h_{l-1}
///   loss of S_l = mean over the batch of |S_l(h_l) - N delta_{l+1} W_{l+1}|^2
///
/// The predictor's target is the gradient passed down by the layer above, which is itself synthetic
/// (bootstrapped) except at the last layer. The last layer of S_l starts at 0, so the first
/// predictions are 0. S_l predicts the gradient of a sample's loss, not that of the batch's mean
/// loss: the latter is N times smaller, so that a single Adam step would exceed it.
class SyntheticGradients : public MlpLearner {
 public:
  /// `conditioned`: cDNI. Throws as MlpLearner's constructor.
  SyntheticGradients(const SyntheticOptions& synthetic,
                     bool conditioned,
                     NetworkLearnerOptions options,
                     DataInfo info);

  Gradient gradient(const at::Tensor& inputs, const at::Tensor& labels, Pass pass) override;
  TensorDict training_state() const override;

  /// One predictor S_l per hidden layer.
  std::vector<Network> predictors;

 protected:
  /// Returns S_l for the output h (N, out) of hidden layer `l`, (N, out), with the autograd graph
  /// of the predictor's parameters.
  virtual at::Tensor predict(std::size_t l, const at::Tensor& h, const at::Tensor& labels) const;

 private:
  /// Adds the gradient of the predictor's loss, mean over the batch of |guess - truth|^2, both (N,
  /// out).
  void add_predictor(TensorDict& by_name,
                     std::size_t l,
                     const at::Tensor& guess,
                     const at::Tensor& truth) const;

  bool conditioned_;
};

}  // namespace ff::baselines
