// The readable engine: LibTorch's operations in the original's order, gradients by autograd.
#pragma once

#include "ff/forward_forward/engines/training.h"

namespace ff {

class AutogradTraining : public FFTraining {
 public:
  /// `head_layers` feed a head, whose activities are kept; empty: none are.
  AutogradTraining(FFNetwork network, const FFData& data, std::vector<std::int64_t> head_layers);

  std::string engine() const override { return "autograd"; }
  at::Tensor train(const Phase& phase, const DataRows& pos, const DataRows& neg) override;
  at::Tensor activities(const DataRows& data, bool with_dropout) override;
  at::Tensor positive_activities() const override { return positive_activities_; }
  at::Tensor activities(const at::Tensor& rows) override;
  at::Tensor goodness_by_label(const at::Tensor& rows) override;

 private:
  at::Tensor train_one_layer(std::size_t layer, const at::Tensor& pos, const at::Tensor& neg);
  at::Tensor train_all_layers(at::Tensor pos, at::Tensor neg);

  FFNetwork network_;
  const FFData& data_;
  std::vector<std::int64_t> head_layers_;
  at::Tensor positive_activities_;
};

}  // namespace ff
