// StreamEpoch: batches from a source that may have an end or not.
#pragma once

#include <cstdint>
#include <functional>

#include "ff/learn/learner.h"

namespace ff {

/// An epoch over a stream, for Learner::train_epoch: one batch at a time, each asked for when the
/// one before has been trained, so that no more than one is held.
class StreamEpoch : public Epoch {
 public:
  /// The samples of the next batch, of at most the learner's batch size; an empty set at the
  /// stream's end.
  using Source = std::function<ImageSet()>;
  /// Takes the losses of each batch, (1, k), before its update.
  using Losses = std::function<void(const at::Tensor&)>;

  /// Over after `steps` batches, or where the source ends.
  explicit StreamEpoch(Source source, std::int64_t steps = kAll, Losses losses = {});

  Batch next(std::int64_t batches) const override;
  void trained(const at::Tensor& losses) override;
  bool stopping() const override { return stopping_; }

  /// Ends the epoch after the batch that is being trained.
  void stop() { stopping_ = true; }

  /// Batches trained so far.
  std::int64_t steps_trained() const { return trained_; }

 private:
  Source source_;
  std::int64_t steps_;
  Losses losses_;
  std::int64_t trained_ = 0;
  bool stopping_ = false;
  mutable Batch batch_;          // not trained yet; of size 0: to be asked for
  mutable bool at_end_ = false;  // of the source
};

}  // namespace ff
