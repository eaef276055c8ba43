// An epoch of one batch, for a learner that takes epochs whole.
#pragma once

#include <vector>

#include "ff/learn/learner.h"

namespace ff {

class OneBatch : public Epoch {
 public:
  explicit OneBatch(Batch batch) : batch_(std::move(batch)) {}
  std::optional<Batch> next() override { return std::nullopt; }
  void trained(const at::Tensor&) override {}
  std::vector<at::Tensor> rest() const override { return batch_.indices; }
  bool stopping() const override { return false; }
  void trained_batches(const at::Tensor& of_batch) override { losses_ = of_batch[0]; }

  /// Of the batch, once it is trained.
  const at::Tensor& losses() const { return losses_; }

 private:
  Batch batch_;
  at::Tensor losses_;
};

}  // namespace ff
