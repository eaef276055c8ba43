// Sign-BP, the rule of the original author's SignOnlyBP notebooks: signs of the weights on the way
// back, signs of the inputs in the weights' gradient.
#pragma once

#include "baselines/usf.h"

namespace ff::baselines {

/// delta_l as uSF; dW_l = delta_l^T sign(h_{l-1}), db_l exact. sign(0) = 0: after a ReLU the input
/// counts as active or not, and of a normalised image every pixel as +-1. It is no function's
/// gradient. "sign-bp-v2", of his last notebook.
class SignBP : public UniformSignFeedback {
 public:
  using UniformSignFeedback::UniformSignFeedback;

  std::optional<fused::MlpBackward> closed_form() const override;

 protected:
  at::Tensor weight_input(std::size_t l, const at::Tensor& x) const override;

  /// What the inputs' signs of layer `l` are multiplied by.
  virtual double input_scale(std::size_t) const { return 1; }
};

/// The same with dW_l = delta_l^T sign(h_{l-1}) / sqrt(inputs), of fully connected layers.
/// "sign-bp-v1", of his first notebook.
class ScaledSignBP : public SignBP {
 public:
  using SignBP::SignBP;

 protected:
  double input_scale(std::size_t l) const override;
};

}  // namespace ff::baselines
