// The steps of an epoch on a device: graphs, launched one after the other, while what earlier ones
// recorded (losses) comes back.
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

  /// An epoch, or what is left of it.
  struct Work {
    std::int64_t kind;    // steps of a kind and a batch size are made in the same way
    std::int64_t images;  // in batches, of which the last may be smaller
    std::function<void(std::int64_t size)> ask;  // asks for a step's launches
    const double* history;                       // on the device: what steps record,
    std::int64_t record;                         // so many numbers each
    std::function<void(const double* records, std::int64_t steps)> tell;
    std::function<bool()> stopping;
  };

  /// Makes the steps, and waits until all are made and told of. The first of a kind and size is
  /// asked for launch by launch, as a device has to load its code; the second is recorded. Returns
  /// their number, smaller than it might be when `stopping` says so.
  std::int64_t run(const Work& work);

  /// Steps of this kind are to be recorded anew: the memory they read has moved.
  void forget(std::int64_t kind);

 private:
  struct Step {
    bool made = false;
    std::unique_ptr<Graph> graph;
  };

  void make(const Work& work, std::int64_t size);

  Device& device_;
  std::int64_t batch_size_;
  std::map<std::pair<std::int64_t, std::int64_t>, Step> steps_;  // by kind and size
};

}  // namespace ff::gpu
