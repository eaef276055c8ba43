#include "ff/core/tensor_memory.h"

#include <algorithm>
#include <memory>

#include <c10/core/Allocator.h>
#include <c10/util/ThreadLocalDebugInfo.h>

namespace ff {
namespace {

// Memory profiler hook: LibTorch reports each allocation and release of this thread to it.
class Counter : public c10::MemoryReportingInfoBase {
 public:
  void reportMemoryUsage(
      void*, std::int64_t bytes, std::size_t, std::size_t, c10::Device device) override {
    if (!device.is_cpu()) return;
    now += bytes;  // negative when memory is released
    peak = std::max(peak, now);
  }
  bool memoryProfilingEnabled() const override { return true; }

  std::int64_t now = 0;
  std::int64_t peak = 0;
};

}  // namespace

TensorMemory measure_tensors(const std::function<void()>& work) {
  const auto counter = std::make_shared<Counter>();
  const c10::DebugInfoGuard guard(c10::DebugInfoKind::PROFILER_STATE, counter);
  work();
  return {counter->peak, counter->now};
}

}  // namespace ff
