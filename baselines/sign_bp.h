// Sign-BP, the rule of the original author's SignOnlyBP notebooks: the backward pass uses the signs
// of the weights, and the gradient of a weight the signs of the inputs.
#pragma once

#include "baselines/usf.h"

namespace ff::baselines {

/// delta_l = (delta_{l+1} V_{l+1}) * f'(a_l),  V_l = s_l sign(W_l) as in uSF;  dW_l = delta_l^T
/// sign(h_{l-1});  db_l is exact. sign(0) = 0: after a ReLU an input is active or not, and a pixel
/// of a normalised image counts as +-1. dW is not the gradient of any function. "sign-bp-v2"
/// (notebook 8).
class SignBP : public UniformSignFeedback {
 public:
  using UniformSignFeedback::UniformSignFeedback;

  std::optional<fused::MlpBackward> closed_form() const override;

 protected:
  at::Tensor weight_input(std::size_t l, const at::Tensor& x) const override;

  /// Factor of the input signs of layer `l`.
  virtual double input_scale(std::size_t) const { return 1; }
};

/// The same with dW_l = delta_l^T sign(h_{l-1}) / sqrt(inputs), for linear layers only.
/// "sign-bp-v1" (notebook 1).
class ScaledSignBP : public SignBP {
 public:
  using SignBP::SignBP;

 protected:
  double input_scale(std::size_t l) const override;
};

}  // namespace ff::baselines
