// HostDevice: emulates a GPU on the host; runs the same kernels, with loops over blocks and
// threads.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "ff/engines/gpu/device.h"

namespace ff::gpu {

/// The order in which blocks, and the threads of a block between two barriers, are executed. A
/// correct kernel gives bit-equal results for all orders; tests vary it to find races.
struct HostOrder {
  bool blocks_backwards = false;
  int first_thread = 0;
  int thread_stride = 1;  // odd
};

/// Emulates the constraints of CUDA: graph capture does not execute, and a graph is replayed with
/// the captured arguments; only launches and products are allowed during capture; an asynchronous
/// copy has the values at the time of the call and is not ready immediately.
class HostDevice : public Device {
 public:
  explicit HostDevice(HostOrder order = {}) : order_(order) {}

  void launch(const Kernel& kernel) override;
  void multiply(const Product& product) override;
  std::unique_ptr<Graph> record(const std::function<void()>& work) override;
  std::unique_ptr<AsyncCopy> read(const void* from, std::size_t bytes) override;
  void synchronize() override;

 private:
  void refuse_while_recording(const char* what) const;

  HostOrder order_;
  std::vector<std::function<void()>>* recording_ = nullptr;
};

}  // namespace ff::gpu
