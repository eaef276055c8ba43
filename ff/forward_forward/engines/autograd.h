// The readable engine: LibTorch's operations in the original's order, gradients by autograd.
#pragma once

#include "ff/forward_forward/engines/step_training.h"

namespace ff {

class AutogradTraining : public StepTraining {
 public:
  using StepTraining::StepTraining;

  std::string engine() const override { return "autograd"; }
  at::Tensor activities(const DataRows& data, bool with_dropout) override;
  at::Tensor activities(const at::Tensor& rows) override;
  at::Tensor goodness_by_label(const at::Tensor& rows) override;

 protected:
  at::Tensor train_layers(const Phase& phase, const DataRows& pos, const DataRows& neg) override;
  at::Tensor positive_activities() const override { return positive_activities_; }

 private:
  at::Tensor train_one_layer(std::size_t layer, const at::Tensor& pos, const at::Tensor& neg);
  at::Tensor train_all_layers(at::Tensor pos, at::Tensor neg);
  at::Tensor rows_of(const DataRows& data) const;

  at::Tensor positive_activities_;
};

}  // namespace ff
