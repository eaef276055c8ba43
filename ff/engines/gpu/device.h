// Where the engine for GPUs runs: launches, products and graphs, in the order they are asked for.
// One interface, two bodies: a CUDA device (cuda_device.cu), and the host that emulates one
// (host_device.h), so that all of the engine but CUDA itself runs in tests. No LibTorch: memory is
// tensors, which the engine makes where the device is.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

#include "ff/engines/gpu/kernel.h"
#include "ff/engines/gpu/product.h"

namespace ff::gpu {

/// A device that failed: a launch that cannot be, no memory left, a GPU that has vanished. what()
/// is one line.
struct DeviceError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Work recorded once, to be asked for again and again as one thing.
class Graph {
 public:
  virtual ~Graph() = default;
  virtual void launch() = 0;
};

/// Bytes on their way from a device.
class Reading {
 public:
  virtual ~Reading() = default;
  virtual bool ready() const = 0;
  /// Waits for them. They are there as long as this object.
  virtual const void* wait() = 0;
};

/// Does one thing after the other; nothing but Reading::wait and synchronize waits for it. Every
/// function throws DeviceError, also for what was asked for before.
class Device {
 public:
  virtual ~Device() = default;

  virtual void launch(const Kernel& kernel) = 0;
  virtual void multiply(const Product& product) = 0;

  /// What `work` asks for is recorded, not done. Each of its kernels and products must have run
  /// before: a GPU loads code when it is first used, and cannot while it records.
  virtual std::unique_ptr<Graph> record(const std::function<void()>& work) = 0;

  /// Begins to copy from the device what stands there after all that was asked for before.
  virtual std::unique_ptr<Reading> read(const void* from, std::size_t bytes) = 0;

  virtual void synchronize() = 0;
};

}  // namespace ff::gpu
