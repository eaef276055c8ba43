// Adam (Kingma and Ba 2015, arXiv 1412.6980), bit-equal to Python's torch.optim.Adam on a CPU.
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
    at::Tensor mean;    // exp_avg, the parameter's shape
    at::Tensor square;  // exp_avg_sq
    at::Tensor step;    // int64 (1), counted per parameter as Python does
  };

  void update(const NamedParameter& named, Moments& moments);

  std::vector<Moments> moments_;  // one per parameter, in their order
};

}  // namespace ff
