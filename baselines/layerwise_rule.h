// Base of the rules that propagate the error from layer to layer like backpropagation, but through
// other weights.
#pragma once

#include <vector>

#include "baselines/backward_rule.h"
#include "baselines/layer_backward.h"

namespace ff::baselines {

/// delta_l = (delta_{l+1} V_{l+1}) * f'(a_l),  dW_l = delta_l^T h_{l-1},  db_l = sum over the batch
/// of delta_l, with V_l of the shape of W_l. Non-linearities, normalisation and pooling between the
/// layers are differentiated exactly.
class LayerwiseRule : public BackwardRule {
 public:
  using BackwardRule::BackwardRule;

  Gradient gradient(const at::Tensor& inputs, const at::Tensor& labels, Pass pass) override;

  /// V_{l+1} and W_{l+1} for each hidden layer l.
  std::vector<FeedbackPair> feedback_pairs() const override;

 protected:
  /// Returns V_l of layer `l` > 0 for the next batch.
  virtual at::Tensor backward_weight(std::size_t l) const = 0;

  /// Returns the replacement of the layer's input h_{l-1} in dW_l; undefined for no replacement.
  virtual at::Tensor weight_input(std::size_t, const at::Tensor&) const { return {}; }
};

}  // namespace ff::baselines
