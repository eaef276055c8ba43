// The host as a device: the same kernels over the same blocks and threads, in loops.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "ff/engines/gpu/device.h"

namespace ff::gpu {

/// The order in which a host runs blocks, and the threads of a block between two barriers. A
/// kernel that is right gives the same bits in all of them.
struct HostOrder {
  bool blocks_backwards = false;
  int first_thread = 0;
  int thread_stride = 1;  // odd
};

/// Emulates a GPU where it matters to its caller: a graph is recorded without being run, and is
/// run with the arguments it was recorded with; nothing but launches and products may be asked for
/// in between; a reading has what stood there when it was asked for, and comes later.
class HostDevice : public Device {
 public:
  explicit HostDevice(HostOrder order = {}) : order_(order) {}

  void launch(const Kernel& kernel) override;
  void multiply(const Product& product) override;
  std::unique_ptr<Graph> record(const std::function<void()>& work) override;
  std::unique_ptr<Reading> read(const void* from, std::size_t bytes) override;
  void synchronize() override;

 private:
  void refuse_while_recording(const char* what) const;

  HostOrder order_;
  std::vector<std::function<void()>>* recording_ = nullptr;
};

}  // namespace ff::gpu
