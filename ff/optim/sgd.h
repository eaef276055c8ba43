// Stochastic gradient descent with momentum, bit-equal to Python's torch.optim.SGD on a CPU.
#pragma once

#include "ff/optim/optimizer.h"

namespace ff {

class Sgd : public Optimizer {
 public:
  Sgd(const OptimizerOptions& options, std::vector<NamedParameter> parameters);
  void step() override;
  TensorDict state() const override;

 private:
  std::vector<at::Tensor> velocity_;  // empty without momentum
  std::vector<at::Tensor> started_;   // bool (1): the first gradient is copied, not decayed
};

}  // namespace ff
