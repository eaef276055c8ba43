#include "ff/engines/gpu/emulated_device.h"

#include <cstring>

#include <ATen/Functions.h>
#include <ATen/Parallel.h>
#include <ATen/ops/from_blob.h>

namespace ff::gpu {
namespace {

template <class K>
void run(const K& kernel, const HostOrder& order) {
  const auto blocks = kernel.blocks();
  at::parallel_for(0, blocks, /*grain_size=*/8, [&](std::int64_t begin, std::int64_t end) {
    for (auto b = begin; b < end; ++b) {
      Block block;
      block.index = order.blocks_backwards ? blocks - 1 - b : b;
      block.first = order.first_thread;
      block.stride = order.thread_stride;
      kernel(block);
    }
  });
}

at::ScalarType scalar_type(Number number) {
  switch (number) {
    case Number::kFloat:
      return at::kFloat;
    case Number::kDouble:
      return at::kDouble;
    case Number::kBFloat16:
      return at::kBFloat16;
  }
  return at::kFloat;
}

// Returns an operand as a tensor (networks, rows, columns) over its memory.
at::Tensor view(const Operand& operand,
                std::int64_t networks,
                std::int64_t rows,
                std::int64_t columns,
                Number number) {
  const auto strides = operand.transposed
                           ? std::vector<std::int64_t>{operand.network_stride, 1, rows}
                           : std::vector<std::int64_t>{operand.network_stride, columns, 1};
  return at::from_blob(const_cast<void*>(operand.data),
                       {networks, rows, columns},
                       strides,
                       at::TensorOptions(scalar_type(number)));
}

void run_product(const Product& product) {
  const auto [a, b, to, m, n, k, networks, operands, result] = product;
  auto out = view({to, false, m * n}, networks, m, n, result);
  auto left = view(a, networks, m, k, operands), right = view(b, networks, k, n, operands);
  if (operands != result) {  // exact bfloat16 products, accumulated in float32
    left = left.to(scalar_type(result));
    right = right.to(scalar_type(result));
  }
  at::bmm_out(out, left, right);
}

class HostGraph : public Graph {
 public:
  explicit HostGraph(std::vector<std::function<void()>> nodes) : nodes_(std::move(nodes)) {}
  void launch() override {
    for (const auto& node : nodes_) node();
  }

 private:
  std::vector<std::function<void()>> nodes_;
};

class HostAsyncCopy : public AsyncCopy {
 public:
  HostAsyncCopy(const void* from, std::size_t bytes) : bytes_(bytes) {
    std::memcpy(bytes_.data(), from, bytes);
  }
  // Not ready at first, like a GPU that has not reached the copy yet.
  bool ready() const override { return ++polls_ > 2; }
  const void* wait() override { return bytes_.data(); }

 private:
  std::vector<char> bytes_;
  mutable int polls_ = 0;
};

}  // namespace

void HostDevice::refuse_while_recording(const char* what) const {
  if (recording_) throw DeviceError(std::string("emulated GPU: ") + what + " while recording");
}

void HostDevice::launch(const Kernel& kernel) {
  if (recording_) {
    recording_->push_back(
        [kernel, order = order_] { std::visit([&](const auto& k) { run(k, order); }, kernel); });
    return;
  }
  std::visit([&](const auto& k) { run(k, order_); }, kernel);
}

void HostDevice::multiply(const Product& product) {
  if (recording_) {
    recording_->push_back([product] { run_product(product); });
    return;
  }
  run_product(product);
}

std::unique_ptr<Graph> HostDevice::record(const std::function<void()>& work) {
  refuse_while_recording("a recording");
  std::vector<std::function<void()>> nodes;
  recording_ = &nodes;
  try {
    work();
  } catch (...) {
    recording_ = nullptr;
    throw;
  }
  recording_ = nullptr;
  return std::make_unique<HostGraph>(std::move(nodes));
}

std::unique_ptr<AsyncCopy> HostDevice::read(const void* from, std::size_t bytes) {
  refuse_while_recording("a read");
  return std::make_unique<HostAsyncCopy>(from, bytes);
}

void HostDevice::synchronize() { refuse_while_recording("a wait"); }

}  // namespace ff::gpu
