// StepLoop: runs the steps of an epoch on a device as CUDA graphs, while the records (losses) of
// earlier steps are copied back asynchronously.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <utility>

#include "ff/engines/gpu/device.h"

namespace ff::gpu {

class StepLoop {
 public:
  StepLoop(Device& device, std::int64_t batch_size) : device_(device), batch_size_(batch_size) {}

  /// An epoch, or the rest of it.
  struct Work {
    std::int64_t kind;    // steps of equal kind and batch size share a graph
    std::int64_t images;  // in all batches; the last batch may be smaller
    std::function<void(std::int64_t size)> enqueue;  // enqueues a step's launches
    const double* step_log;                          // device memory that steps record to,
    std::int64_t record;                             // this many values per step
    std::function<void(const double* records, std::int64_t steps)> report;
    std::function<bool()> stopping;
  };

  /// Runs the steps, and returns when all have finished and been reported to `report`. The first
  /// step of a kind and size is enqueued eagerly, which loads its modules; the second is captured
  /// as a CUDA graph. Returns the number of steps, which is smaller if `stopping` became true.
  std::int64_t run(const Work& work);

  /// Discards the graphs of a kind, because the memory they refer to has moved.
  void forget(std::int64_t kind);

 private:
  struct Step {
    bool enqueued_once = false;
    std::unique_ptr<Graph> graph;
  };

  void launch_step(const Work& work, std::int64_t size);

  Device& device_;
  std::int64_t batch_size_;
  std::map<std::pair<std::int64_t, std::int64_t>, Step> steps_;  // by kind and batch size
};

}  // namespace ff::gpu
