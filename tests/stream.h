// A stream of batches, each with its own little set, cut from a set of images.
#pragma once

#include <algorithm>

#include <ATen/Functions.h>

#include "ff/engines/cpu/background.h"
#include "ff/learn/learner.h"

namespace ff::test {

/// What a learner is told of a stream of samples like those of `set`.
inline DataInfo stream_of(const ImageSet& set) {
  DataInfo info({set.channels(), set.height(), set.width()}, set.classes);
  info.largest = set.max_value();
  info.background = fused::find_background(set);
  return info;
}

/// The samples of `set` in the order of the set, round and round, `steps` batches of `size` in all;
/// a pass ends with a smaller batch where the size does not divide the set.
class StreamEpoch : public Epoch {
 public:
  StreamEpoch(ImageSet set, std::int64_t size, std::int64_t steps)
      : set_(std::move(set)), size_(size), steps_(steps) {}

  /// Rows of the set in batch `step`.
  at::Tensor rows(std::int64_t step) const {
    const auto a_pass = (set_.size() + size_ - 1) / size_;
    const auto begin = step % a_pass * size_;
    return at::arange(begin, std::min(begin + size_, set_.size()), at::kLong);
  }

  Batch next(std::int64_t) const override {
    return trained_ == steps_ ? Batch() : stream_batch(set_.subset(rows(trained_)));
  }
  void trained(const at::Tensor& losses) override { trained_ += losses.size(0); }
  bool stopping() const override { return false; }

  std::int64_t steps_trained() const { return trained_; }

 private:
  ImageSet set_;
  std::int64_t size_, steps_, trained_ = 0;
};

/// `steps` batches of the learner's resident set, in the order of a StreamEpoch.
template <class Learner>
void train_resident(Learner& learner, std::int64_t size, std::int64_t steps) {
  const auto& set = learner.info().resident;
  const StreamEpoch order(*set, size, steps);
  for (std::int64_t step = 0; step < steps; ++step) {
    learner.train_batch(learner.phases()[0], resident_batch(set, {order.rows(step)}));
  }
}

/// The same from a stream.
template <class Learner>
void train_stream(Learner& learner, const ImageSet& set, std::int64_t size, std::int64_t steps) {
  StreamEpoch epoch(set, size, steps);
  learner.train_epoch(learner.phases()[0], epoch);
}

}  // namespace ff::test
