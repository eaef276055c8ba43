// The emulated GPU detects errors of its caller.
#include <ATen/Functions.h>

#include "ff/engines/gpu/emulated_device.h"
#include "ff/engines/gpu/memory.h"
#include "tests/close.h"
#include "tests/kernel_bench.h"

using ff::gpu::HostDevice;
using ff::gpu::kThreads;
using ff::gpu::pointer;

namespace {

template <class T>
ff::gpu::Product product_of(const at::Tensor& a, const at::Tensor& b, const at::Tensor& out) {
  return {.a = {pointer<T>(a), false, a.size(1) * a.size(2)},
          .b = {pointer<T>(b), false, b.size(1) * b.size(2)},
          .out = out.mutable_data_ptr(),
          .m = a.size(1),
          .n = b.size(2),
          .k = a.size(2),
          .networks = a.size(0),
          .operands = ff::gpu::number_of<T>(),
          .result = ff::gpu::number_of<T>()};
}

// Shifts an array with a missing barrier between reads and writes.
std::vector<int> shift_without_barrier(const ff::gpu::HostOrder& order) {
  std::vector<int> values(kThreads + 1);
  for (int i = 0; i <= kThreads; ++i) values[i] = i;
  ff::gpu::Block block;
  block.first = order.first_thread;
  block.stride = order.thread_stride;
  block.each([&](int t) { values[t] = values[t + 1]; });
  return values;
}

}  // namespace

TEST_CASE("a missing barrier shows: the result depends on the order of the threads", "[kernels]") {
  const auto forwards = shift_without_barrier({});
  CHECK(forwards != shift_without_barrier(ff::test::kOrders[1]));
  CHECK(forwards != shift_without_barrier(ff::test::kOrders[2]));
}

TEST_CASE("every thread runs once between two barriers, in every order", "[kernels]") {
  for (const auto& order : ff::test::kOrders) {
    std::vector<int> calls(kThreads, 0);
    ff::gpu::Block block;
    block.first = order.first_thread;
    block.stride = order.thread_stride;
    block.each([&](int t) { ++calls[t]; });
    CHECK(calls == std::vector<int>(kThreads, 1));
  }
}

TEST_CASE("shared memory holds no number before it is written", "[kernels]") {
  FF_SHARED(double, memory, 4);
  for (const auto entry : memory) CHECK(std::isnan(entry));
}

TEST_CASE("a block's sum is the sum, whatever the order of the threads", "[kernels]") {
  at::manual_seed(1);
  const auto values = at::randn({kThreads}, at::kDouble);
  std::vector<double> sums;
  for (const auto& order : ff::test::kOrders) {
    ff::gpu::Block block;
    block.first = order.first_thread;
    block.stride = order.thread_stride;
    ff::gpu::PerThread<double> own;
    FF_SHARED(double, memory, ff::gpu::kSumMemory);
    block.each([&](int t) { own[t] = values[t].item<double>(); });
    sums.push_back(ff::gpu::block_sum(block, own, memory));
    CHECK(sums.back() == sums.front());
  }
  CHECK(std::abs(sums.front() - values.sum().item<double>()) < 1e-12);
}

FF_BENCH_TEST("products of several networks, of matrices stored either way", "[kernels]") {
  at::manual_seed(2);
  const auto device = bench.device();
  for (const bool a_transposed : {false, true}) {
    for (const bool b_transposed : {false, true}) {
      const auto a = at::randn({3, 5, 7}, at::kDouble), b = at::randn({3, 7, 4}, at::kDouble);
      const auto stored_a = bench.put(a_transposed ? a.transpose(1, 2).contiguous() : a);
      const auto stored_b = bench.put(b_transposed ? b.transpose(1, 2).contiguous() : b);
      const auto out = bench.put_zeros({3, 5, 4});
      auto product = product_of<double>(a, b, out);
      product.a = {stored_a.const_data_ptr(), a_transposed, 35};
      product.b = {stored_b.const_data_ptr(), b_transposed, 28};
      device->multiply(product);
      device->synchronize();
      CHECK_THAT(out, ff::test::AllClose(at::bmm(a, b), 1e-13, 1e-13));
    }
  }
}

namespace {

// Reference for the column-major BLAS description, element by element.
void multiply_by_columns(const ff::gpu::Product& p) {
  const auto d = ff::gpu::column_major(p);
  const auto at_entry = [](const ff::gpu::ColumnMajor::Matrix& m,
                           bool transposed,
                           std::int64_t network,
                           std::int64_t row,
                           std::int64_t column) {
    if (transposed) std::swap(row, column);
    CHECK((row < m.rows && column < m.columns));
    return network * m.network_stride + column * m.rows + row;
  };
  const auto* a = static_cast<const double*>(p.b.data);
  const auto* b = static_cast<const double*>(p.a.data);
  for (std::int64_t network = 0; network < p.networks; ++network) {
    for (std::int64_t row = 0; row < d.out.rows; ++row) {
      for (std::int64_t column = 0; column < d.out.columns; ++column) {
        double sum = 0;
        for (std::int64_t k = 0; k < p.k; ++k) {
          sum += a[at_entry(d.a, d.transpose_a, network, row, k)] *
                 b[at_entry(d.b, d.transpose_b, network, k, column)];
        }
        static_cast<double*>(p.out)[at_entry(d.out, false, network, row, column)] = sum;
      }
    }
  }
}

}  // namespace

TEST_CASE("a product as BLAS is asked for it is the same product", "[kernels]") {
  at::manual_seed(4);
  for (const bool a_transposed : {false, true}) {
    for (const bool b_transposed : {false, true}) {
      const auto a = at::randn({2, 5, 7}, at::kDouble), b = at::randn({2, 7, 4}, at::kDouble);
      const auto stored_a = a_transposed ? a.transpose(1, 2).contiguous() : a;
      const auto stored_b = b_transposed ? b.transpose(1, 2).contiguous() : b;
      const auto out = at::empty({2, 5, 4}, at::kDouble);
      auto product = product_of<double>(a, b, out);
      product.a = {stored_a.const_data_ptr(), a_transposed, 35};
      product.b = {stored_b.const_data_ptr(), b_transposed, 28};
      multiply_by_columns(product);
      CHECK_THAT(out, ff::test::AllClose(at::bmm(a, b), 1e-13, 1e-13));
    }
  }
}

FF_BENCH_TEST("products of bfloat16 are added in float32", "[kernels]") {
  at::manual_seed(3);
  for (const std::int64_t columns : {4, 5, 128}) {  // 5 is not aligned to any vector size
    const auto a = bench.put(at::randn({2, 5, 300}).to(at::kBFloat16));
    const auto b = bench.put(at::randn({2, 300, columns}).to(at::kBFloat16));
    const auto out = bench.put_zeros({2, 5, columns}, at::kFloat);
    auto product = product_of<ff::gpu::BFloat16>(a, b, out);
    product.result = ff::gpu::Number::kFloat;
    const auto device = bench.device();
    device->multiply(product);
    device->synchronize();
    // 300 float32 products have a rounding error of about 300 * 6e-8 of the sum of their
    // magnitudes, far below the 4e-3 of bfloat16.
    const auto want = at::bmm(a.cpu().to(at::kDouble), b.cpu().to(at::kDouble));
    CHECK_THAT(out, ff::test::AllClose(want, 1e-5, 1e-4));
  }
}

FF_BENCH_TEST("recorded work does not run, and then runs with the arguments of its recording",
              "[kernels]") {
  const auto device = bench.device();
  const auto cursor = bench.put_zeros({1}, at::kLong);
  const auto batch = [&] {
    device->synchronize();
    return cursor.item<std::int64_t>();
  };
  ff::gpu::BeginStep<double, double> count = {};
  count.cursor = pointer<ff::gpu::Cursor>(cursor);
  device->launch(count);
  auto graph = device->record([&] {
    device->launch(count);
    device->launch(count);
  });
  CHECK(batch() == 1);
  count.cursor = nullptr;  // the graph holds its own copy
  graph->launch();
  graph->launch();
  CHECK(batch() == 5);
}

FF_BENCH_TEST("a reading has what stood there when it was asked for", "[kernels]") {
  const auto device = bench.device();
  const auto cursor = bench.put_zeros({1}, at::kLong);
  ff::gpu::BeginStep<double, double> count = {};
  count.cursor = pointer<ff::gpu::Cursor>(cursor);
  std::vector<std::unique_ptr<ff::gpu::AsyncCopy>> copies;
  for (int i = 0; i < 5; ++i) {
    copies.push_back(device->read(count.cursor, sizeof(ff::gpu::Cursor)));
    device->launch(count);
  }
  for (std::int64_t i = 5; i-- > 0;) {
    CHECK(static_cast<const ff::gpu::Cursor*>(copies[i]->wait())->batch == i);
  }
}

TEST_CASE("nothing can be read or waited for while work is recorded", "[kernels]") {
  HostDevice device;
  const double value = 1;
  CHECK_THROWS_AS(device.record([&] { device.read(&value, sizeof value); }), ff::gpu::DeviceError);
  CHECK_THROWS_AS(device.record([&] { device.synchronize(); }), ff::gpu::DeviceError);
  CHECK_THROWS_AS(device.record([&] { device.record([] {}); }), ff::gpu::DeviceError);
  device.synchronize();  // capture has finished
}

TEST_CASE("a reading is not there at once", "[kernels]") {
  HostDevice device;
  const double value = 1;
  CHECK_FALSE(device.read(&value, sizeof value)->ready());
}
