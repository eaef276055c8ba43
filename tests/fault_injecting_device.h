// Emulated GPU that counts operations and into which failures can be injected.
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "ff/engines/gpu/devices.h"
#include "ff/engines/gpu/emulated_device.h"

namespace ff::test {

/// Operation counts of the device.
struct OperationCounts {
  std::int64_t launches = 0;  // kernel and graph launches
  std::int64_t recordings = 0;
  std::int64_t copies = 0;
  std::int64_t waits = 0;
};

/// Calls `before(asked)` before each launch of a kernel or graph; an exception from it is thrown by
/// the device.
class FaultInjectingDevice : public gpu::Device {
 public:
  using Before = std::function<void(const OperationCounts&)>;

  explicit FaultInjectingDevice(std::shared_ptr<OperationCounts> counts, Before before = {})
      : counts_(std::move(counts)), before_(std::move(before)) {}

  void launch(const gpu::Kernel& kernel) override {
    if (!recording_) count();
    host_.launch(kernel);
  }
  void multiply(const gpu::Product& product) override { host_.multiply(product); }
  std::unique_ptr<gpu::Graph> record(const std::function<void()>& work) override {
    ++counts_->recordings;
    recording_ = true;
    auto graph = host_.record(work);
    recording_ = false;
    return std::make_unique<CountedGraph>(*this, std::move(graph));
  }
  std::unique_ptr<gpu::AsyncCopy> read(const void* from, std::size_t bytes) override {
    ++counts_->copies;
    return host_.read(from, bytes);
  }
  void synchronize() override {
    ++counts_->waits;
    host_.synchronize();
  }

 private:
  class CountedGraph : public gpu::Graph {
   public:
    CountedGraph(FaultInjectingDevice& device, std::unique_ptr<gpu::Graph> graph)
        : device_(device), graph_(std::move(graph)) {}
    void launch() override {
      device_.count();
      graph_->launch();
    }

   private:
    FaultInjectingDevice& device_;
    std::unique_ptr<gpu::Graph> graph_;
  };

  void count() {
    ++counts_->launches;
    if (before_) before_(*counts_);
  }

  gpu::HostDevice host_;
  std::shared_ptr<OperationCounts> counts_;
  Before before_;
  bool recording_ = false;
};

/// During its lifetime, the CPU is treated as a GPU and devices are of this type.
class Emulation {
 public:
  explicit Emulation(FaultInjectingDevice::Before before = {}) {
    gpu::emulate([counts = counts, before = std::move(before)](const at::Device&) {
      return std::make_shared<FaultInjectingDevice>(counts, before);
    });
  }
  ~Emulation() { gpu::emulate(nullptr); }
  Emulation(const Emulation&) = delete;
  Emulation& operator=(const Emulation&) = delete;

  const std::shared_ptr<OperationCounts> counts = std::make_shared<OperationCounts>();
};

}  // namespace ff::test
