// Rules that carry the error down layer by layer as backpropagation does, through other weights.
#pragma once

#include <vector>

#include "baselines/backward_rule.h"
#include "baselines/layer_backward.h"

namespace ff::baselines {

/// delta_l = (delta_{l+1} V_{l+1}) * f'(a_l), V of the weight's shape; dW_l = delta_l^T h_{l-1}
/// and db_l = sum of delta_l are exact given delta, and so is what stands between the layers:
/// non-linearities, normalisation, pooling.
class LayerwiseRule : public BackwardRule {
 public:
  using BackwardRule::BackwardRule;

  Gradient gradient(const at::Tensor& rows, const at::Tensor& labels, Pass pass) override;

  /// V_{l+1} and W_{l+1}, for each hidden layer l.
  std::vector<FeedbackPair> feedback_pairs() const override;

 protected:
  /// V of layer `l` > 0 for the coming batch.
  virtual at::Tensor backward_weight(std::size_t l) const = 0;

  /// What stands for the layer's input in the weight's gradient; undefined: the input.
  virtual at::Tensor weight_input(std::size_t, const at::Tensor&) const { return {}; }
};

}  // namespace ff::baselines
