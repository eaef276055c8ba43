// StreamEpoch: an epoch over a stream of batches, finite or infinite.
#pragma once

#include <cstdint>
#include <functional>

#include "ff/learn/learner.h"

namespace ff {

/// An epoch for Learner::train_epoch that reads one batch at a time, each after the previous one
/// has been trained, so that only one is in memory.
class StreamEpoch : public Epoch {
 public:
  /// Returns the samples of the next batch, at most the learner's batch size; an empty set at the
  /// end of the stream.
  using Source = std::function<ImageSet()>;
  /// Receives the losses of each batch, (1, k), before its update.
  using Losses = std::function<void(const at::Tensor&)>;

  /// Ends after `steps` batches, or when the source ends.
  explicit StreamEpoch(Source source, std::int64_t steps = kAll, Losses losses = {});

  Batch next(std::int64_t batches) const override;
  void trained(const at::Tensor& losses) override;
  bool stopping() const override { return stopping_; }

  /// Ends the epoch after the current batch.
  void stop() { stopping_ = true; }

  /// Returns the number of batches trained so far.
  std::int64_t steps_trained() const { return trained_; }

 private:
  Source source_;
  std::int64_t steps_;
  Losses losses_;
  std::int64_t trained_ = 0;
  bool stopping_ = false;
  mutable Batch batch_;          // the current batch; size 0: to be read
  mutable bool at_end_ = false;  // the source has ended
};

}  // namespace ff
