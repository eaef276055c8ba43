// Device: the interface the GPU engine runs on, an in-order queue of kernel launches, matrix
// products and graphs. Two implementations: a CUDA device (cuda_device.cu), and an emulation on the
// host (emulated_device.h), so that everything but CUDA itself is tested without a GPU. No
// LibTorch: memory is passed as pointers into tensors that the engine allocates.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

#include "ff/engines/gpu/kernel.h"
#include "ff/engines/gpu/matrix_product.h"

namespace ff::gpu {

/// A device error: an invalid launch, out of memory, a lost GPU. what() is one line.
struct DeviceError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Work captured once, to be launched many times (a CUDA graph).
class Graph {
 public:
  virtual ~Graph() = default;
  virtual void launch() = 0;
};

/// An asynchronous copy from a device to pinned host memory.
class AsyncCopy {
 public:
  virtual ~AsyncCopy() = default;
  virtual bool ready() const = 0;
  /// Waits for the copy and returns the data, which is valid as long as this object.
  virtual const void* wait() = 0;
};

/// An in-order queue. Calls are asynchronous, except AsyncCopy::wait and synchronize. Every
/// function may throw DeviceError, also for an error of work enqueued earlier.
class Device {
 public:
  virtual ~Device() = default;

  virtual void launch(const Kernel& kernel) = 0;
  virtual void multiply(const Product& product) = 0;

  /// Captures the launches and products of `work` as a graph without executing them. Each kernel
  /// and product must have run before: the first use loads its code, which is not allowed during
  /// capture.
  virtual std::unique_ptr<Graph> record(const std::function<void()>& work) = 0;

  /// Enqueues a copy from the device, after all work enqueued before.
  virtual std::unique_ptr<AsyncCopy> read(const void* from, std::size_t bytes) = 0;

  virtual void synchronize() = 0;
};

}  // namespace ff::gpu
