// Decoupled neural interfaces: every hidden layer learns at once, from a gradient that a small
// network predicts from what the layer gives.
#pragma once

#include <optional>
#include <vector>

#include "baselines/perceptron_learner.h"
#include "baselines/synthetic_options.h"

namespace ff::baselines {

/// Jaderberg et al. 2016. The predictor S_l sees h_l and, where it is conditioned, the label, and
/// says what the gradient of an image's own loss is at h_l:
///
///   delta_l = S_l(h_l [, onehot]) * f'(z_l) / N    dW_l = delta_l^T h_{l-1}
///
/// It learns by the squared distance, summed over units and averaged over the batch, to the
/// gradient that the layer above passes down by its own delta, synthetic again (bootstrapped), or,
/// from the last layer, true. Its last layer begins at 0, so the first predictions are 0. The
/// gradient of the batch's mean loss in its place would be N times smaller, and one step of Adam
/// larger than it.
class SyntheticGradients : public PerceptronLearner {
 public:
  /// `conditioned`: cDNI. Throws as PerceptronLearner does.
  SyntheticGradients(const SyntheticOptions& synthetic,
                     bool conditioned,
                     NetworkLearnerOptions options,
                     DataInfo info);

  Gradient gradient(const at::Tensor& rows, const at::Tensor& labels, Pass pass) override;
  TensorDict training_state() const override;

  /// The predictors, one for each hidden layer.
  std::vector<Network> predictors;

 protected:
  /// The gradient of each image's loss at h (N, out), what hidden layer `l` gives; a graph goes
  /// from it to the predictor's parameters.
  virtual at::Tensor predict(std::size_t l, const at::Tensor& h, const at::Tensor& labels) const;

 private:
  /// The predictor's gradient when it predicted `guess` where `truth` came down.
  void add_predictor(TensorDict& by_name,
                     std::size_t l,
                     const at::Tensor& guess,
                     const at::Tensor& truth) const;

  bool conditioned_;
};

}  // namespace ff::baselines
