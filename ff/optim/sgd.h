// SGD with momentum, bit-equal to Python's torch.optim.SGD on a CPU:
//
//   v <- momentum * v + g      (v = g in the first step; without momentum v is g)
//   w <- w - lr * v
//
// Heavy-ball momentum (Polyak 1964) in PyTorch's form (Sutskever et al. 2013, without the learning
// rate in v). Before that, in this order: batch Manhattan replaces g by sign(g) (Liao et al. 2016,
// arXiv 1510.05067); weight decay wd is added to the gradient, g <- g + wd * w, or, if decoupled,
// shrinks the weight, w <- w - lr * wd * w.
#pragma once

#include "ff/optim/optimizer.h"

namespace ff {

class Sgd : public Optimizer {
 public:
  Sgd(const OptimizerOptions& options, std::vector<NamedParameter> parameters);
  void step() override;
  TensorDict state() const override;

 private:
  std::vector<at::Tensor> velocity_;  // v ("momentum_buffer"); empty without momentum
  std::vector<at::Tensor> started_;   // bool (1); false: the first gradient is copied into v
};

}  // namespace ff
