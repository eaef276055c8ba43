// Runs the same kernel test on the host, in several block and thread orders, or on a GPU.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <ATen/Functions.h>
#include <ATen/core/Tensor.h>

#include "ff/engines/gpu/devices.h"
#include "ff/engines/gpu/emulated_device.h"
#include "ff/engines/gpu/kernel.h"
#include "ff/engines/gpu/memory.h"
#include "tests/catch.h"

namespace ff::test {

/// Execution orders: forward; from another block and thread; backward; strided.
inline const gpu::HostOrder kOrders[] = {{},
                                         {.blocks_backwards = true, .first_thread = 100},
                                         {.first_thread = 255, .thread_stride = 255},
                                         {.blocks_backwards = true, .thread_stride = 77}};

/// Large enough that omitting it from a kernel fails the tests.
inline constexpr double kRowEpsilon = 1e-4;

inline double* data(const at::Tensor& tensor) { return gpu::pointer<double>(tensor); }

inline gpu::RowScale<double> scale_of(const std::string& normalization) {
  return {gpu::LengthNormalizations::find(normalization), kRowEpsilon};
}

class KernelBench {
 public:
  static KernelBench host() { return KernelBench(at::kCPU); }
  static KernelBench gpu() { return KernelBench(at::Device("cuda:0")); }

  const at::Device& place() const { return place_; }

  /// Copies a tensor to the device of the kernels.
  at::Tensor put(const at::Tensor& tensor) const { return tensor.to(place_); }
  at::Tensor put_zeros(at::IntArrayRef sizes, at::ScalarType type = at::kDouble) const {
    return at::zeros(sizes, at::TensorOptions(type).device(place_));
  }

  /// Creates a new device.
  std::shared_ptr<gpu::Device> device() const {
    if (place_.is_cpu()) return std::make_shared<gpu::HostDevice>();
    return gpu::make_device(place_);
  }

  /// Runs a kernel that updates `outputs` in place. On the host, runs it in all orders and requires
  /// bit-identical results.
  template <class K>
  void run(const K& kernel, const std::vector<at::Tensor>& outputs) const {
    if (!place_.is_cpu()) {
      const auto there = device();
      there->launch(kernel);
      there->synchronize();
      return;
    }
    std::vector<at::Tensor> before, first;
    for (const auto& output : outputs) before.push_back(output.clone());
    for (const auto& order : kOrders) {
      for (std::size_t i = 0; i < outputs.size(); ++i) outputs[i].copy_(before[i]);
      gpu::HostDevice(order).launch(kernel);
      for (std::size_t i = 0; i < outputs.size(); ++i) {
        if (first.size() < outputs.size()) {
          first.push_back(outputs[i].clone());
        } else {
          INFO(K::name << ": output " << i << " depends on the order of blocks or threads");
          CHECK(at::equal(outputs[i], first[i]));
        }
      }
    }
  }

 private:
  explicit KernelBench(const at::Device& place) : place_(place) {}

  at::Device place_;
};

}  // namespace ff::test

#define FF_JOIN_AGAIN(a, b) a##b
#define FF_JOIN(a, b) FF_JOIN_AGAIN(a, b)
#define FF_ON_BOTH(text, tag, function)                                              \
  static void function(const ff::test::KernelBench&);                                \
  TEST_CASE(text, tag) { function(ff::test::KernelBench::host()); }                  \
  TEST_CASE("on a GPU: " text, "[cuda]") { function(ff::test::KernelBench::gpu()); } \
  static void function(const ff::test::KernelBench& bench)

/// Defines a test of `bench` that runs on the host with the tag `tag`, and on a GPU with the tag
/// [cuda].
#define FF_BENCH_TEST(text, tag) FF_ON_BOTH(text, tag, FF_JOIN(test_on_bench_, __COUNTER__))
