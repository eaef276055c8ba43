// Adam (Kingma & Ba 2015, arXiv 1412.6980, Algorithm 1), bit-equal to Python's torch.optim.Adam on
// a CPU:
//
//   m <- m + (1 - beta1) * (g - m)              m_hat = m / (1 - beta1^t)
//   v <- beta2 * v + (1 - beta2) * g^2          v_hat = v / (1 - beta2^t)
//   w <- w - lr * m_hat / (sqrt(v_hat) + eps)
//
// Weight decay wd is added to the gradient, g <- g + wd * w, or, if decoupled (AdamW, Loshchilov &
// Hutter 2019, arXiv 1711.05101), shrinks the weight first, w <- w - lr * wd * w.
#pragma once

#include "ff/optim/optimizer.h"

namespace ff {

class Adam : public Optimizer {
 public:
  Adam(const OptimizerOptions& options, std::vector<NamedParameter> parameters);
  void step() override;
  TensorDict state() const override;

 private:
  struct Moments {
    at::Tensor mean;    // m ("exp_avg"), in the parameter's shape
    at::Tensor square;  // v ("exp_avg_sq")
    at::Tensor step;    // t, int64 (1); counted per parameter, as in PyTorch
  };

  void update(const NamedParameter& named, Moments& moments);

  std::vector<Moments> moments_;  // one per parameter, in order
};

}  // namespace ff
