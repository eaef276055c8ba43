// When to write a checkpoint that the next one replaces.
#pragma once

#include <chrono>
#include <cstdint>

namespace ff::experiments {

/// Writing may take a tenth of the time: a GPU makes an epoch in less than a disk takes for a large
/// network.
class SavePace {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// So many runs train together, and save one after the other.
  void share_with(std::int64_t runs) { runs_ = runs; }

  void saved(std::int64_t epoch, Time begin, Time end) {
    epoch_ = epoch;
    end_ = end;
    took_ = end - begin;
  }

  /// Whether `epoch`'s end, which is now, is to be saved where `every` epochs are asked for.
  bool due(std::int64_t epoch, std::int64_t every, Time now) const {
    return epoch - epoch_ >= every && now - end_ >= (10 * runs_ - 1) * took_;
  }

 private:
  std::int64_t runs_ = 1, epoch_ = 0;
  Time end_;
  Time::duration took_ = Time::duration::zero();
};

}  // namespace ff::experiments
