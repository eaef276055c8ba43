// Scheduling of checkpoints that the next one overwrites.
#pragma once

#include <chrono>
#include <cstdint>

namespace ff::experiments {

/// Limits writing to a tenth of the run time: on a GPU, an epoch can take less time than writing
/// the checkpoint of a large network.
class CheckpointThrottle {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// Sets how many runs train as a group and save one after the other.
  void share_with(std::int64_t runs) { runs_ = runs; }

  void saved(std::int64_t epoch, Time begin, Time end) {
    epoch_ = epoch;
    end_ = end;
    took_ = end - begin;
  }

  /// Returns true if a checkpoint is due at the end of `epoch`, at time `now`, with the requested
  /// interval of `every` epochs.
  bool due(std::int64_t epoch, std::int64_t every, Time now) const {
    return epoch - epoch_ >= every && now - end_ >= (10 * runs_ - 1) * took_;
  }

 private:
  std::int64_t runs_ = 1, epoch_ = 0;
  Time end_;
  Time::duration took_ = Time::duration::zero();
};

}  // namespace ff::experiments
