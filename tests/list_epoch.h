// Implementation of Epoch for tests: batches from given sample orders.
#pragma once

#include <memory>
#include <vector>

#include <ATen/Functions.h>

#include "ff/learn/learner.h"

namespace ff::test {

class ListEpoch : public Epoch {
 public:
  /// `samples` is needed by learners that do not hold the data set.
  ListEpoch(std::vector<at::Tensor> orders,
            std::int64_t batch_size,
            std::shared_ptr<const ImageSet> samples = nullptr)
      : orders_(std::move(orders)), batch_size_(batch_size), samples_(std::move(samples)) {}

  Batch next(std::int64_t most) const override {
    std::vector<at::Tensor> rows;
    for (const auto& order : orders_) {
      const auto done = std::min(batches * batch_size_, order.numel());
      const auto left = order.numel() - done;
      const auto count = most < left / batch_size_ + 1 ? std::min(most * batch_size_, left) : left;
      rows.push_back(order.narrow(0, done, count));
    }
    return resident_batch(samples_, rows);
  }
  void trained(const at::Tensor& of_batches) override {
    batches += of_batches.size(0);
    ++reports;
    losses.push_back(of_batches.to(at::kCPU, at::kDouble));
  }
  bool stopping() const override { return stop_queries_++ >= stop_at_query; }

  std::int64_t stop_at_query = 1 << 30;  // number of the call of stopping() that returns true
  std::int64_t batches = 0;              // number of batches trained
  std::int64_t reports = 0;
  std::vector<at::Tensor> losses;  // losses per call of trained(), (steps, layers)

 private:
  std::vector<at::Tensor> orders_;
  std::int64_t batch_size_;
  std::shared_ptr<const ImageSet> samples_;
  mutable std::int64_t stop_queries_ = 0;
};

}  // namespace ff::test
