// Kernels of the GPU engine, run on the host over their grids of blocks and threads, compared with
// LibTorch formulas in float64.
#include <ATen/Functions.h>

#include "ff/data/label_overlay.h"
#include "ff/engines/gpu/kernel.h"
#include "ff/engines/gpu/memory.h"
#include "ff/forward_forward/goodness.h"
#include "ff/forward_forward/loss.h"
#include "ff/nn/activation.h"
#include "ff/nn/normalize.h"
#include "tests/close.h"
#include "tests/kernel_bench.h"

using ff::test::AllClose;
using ff::test::data;
using ff::test::KernelBench;
using ff::test::kRowEpsilon;
using ff::test::scale_of;

namespace {

constexpr double kTemperature = 0.7;

at::Tensor normal(at::IntArrayRef sizes) { return at::randn(sizes, at::kDouble); }

ff::gpu::GoodnessRows<double, double> goodness_rows(std::int64_t networks,
                                                    std::int64_t rows,
                                                    std::int64_t width) {
  ff::gpu::GoodnessRows<double, double> kernel = {};
  kernel.networks = networks;
  kernel.rows = rows;
  kernel.positives = rows / 2;
  kernel.width = width;
  kernel.temperature = kTemperature;
  return kernel;
}

struct RowChoice {
  std::string activation, goodness, normalize, loss, direction;
};

// Compares the samples of a step of two networks with autograd's gradients of the loss.
void check_goodness_rows(const KernelBench& bench, const RowChoice& choice, std::int64_t width) {
  INFO(choice.activation << " " << choice.goodness << " " << choice.normalize << " " << choice.loss
                         << " " << choice.direction << " " << width << " wide");
  constexpr std::int64_t kNetworks = 2, kRows = 6;
  const auto direction = ff::find_direction(choice.direction);
  const auto z = normal({kNetworks, kRows, width}), bias = normal({kNetworks, width});
  const auto threshold = at::tensor({0.3, 0.7}, at::kDouble);
  const auto device_z = bench.put(z), device_bias = bench.put(bias);
  const auto device_threshold = bench.put(threshold);
  const auto dz = bench.put_zeros(z.sizes()), next = bench.put_zeros(z.sizes());
  const auto row_loss = bench.put_zeros({kNetworks, kRows});
  const auto row_grad = bench.put_zeros({kNetworks, kRows});
  auto kernel = goodness_rows(kNetworks, kRows, width);
  kernel.z = data(device_z);
  kernel.bias = data(device_bias);
  kernel.threshold = data(device_threshold);
  kernel.dz = data(dz);
  kernel.next = data(next);
  kernel.row_loss = data(row_loss);
  kernel.row_grad = data(row_grad);
  kernel.goodness_scale = ff::find_goodness(choice.goodness).scale(static_cast<double>(width));
  kernel.positive_sign = direction == ff::Direction::kMaxSsq ? -1 : 1;
  kernel.activation = ff::gpu::Activations::find(choice.activation);
  kernel.loss = ff::gpu::Losses::find(choice.loss);
  kernel.next_scale = scale_of(choice.normalize);
  bench.run(kernel, {dz, next, row_loss, row_grad});

  for (std::int64_t n = 0; n < kNetworks; ++n) {
    const auto at_products = z[n].clone().requires_grad_();
    const auto at_threshold = threshold[n].clone().requires_grad_();
    const auto a = ff::find_activation(choice.activation).forward(at_products + bias[n]);
    const auto g = ff::find_goodness(choice.goodness).of(a);
    const auto wrong = ff::wrong_side(
        g.narrow(0, 0, kRows / 2), g.narrow(0, kRows / 2, kRows / 2), at_threshold, direction);
    const auto loss = ff::find_loss(choice.loss).of(wrong / kTemperature);
    loss.backward();
    const auto size = at_products.grad().abs().max().item<double>();
    CHECK_THAT(dz[n], AllClose(at_products.grad(), 1e-12, 1e-13 + 1e-13 * size));
    CHECK_THAT(row_loss[n].mean(), AllClose(loss.detach(), 1e-12, 1e-14));
    CHECK_THAT(-row_grad[n].sum(), AllClose(at_threshold.grad(), 1e-12, 1e-14));
    const auto want =
        ff::find_length_normalization(choice.normalize).apply(a.detach(), kRowEpsilon);
    CHECK_THAT(next[n], AllClose(want, 1e-12, 1e-13));
  }
}

}  // namespace

FF_BENCH_TEST("kernel: activation, goodness, loss and gradient are autograd's, for every choice",
              "[kernels]") {
  at::manual_seed(1);
  std::int64_t width = 1;
  for (const auto& activation : ff::activations()) {
    for (const auto& goodness : ff::goodnesses()) {
      for (const auto& normalize : ff::length_normalizations()) {
        for (const auto& loss : ff::losses()) {
          if (loss.paired || ff::gpu::Losses::find(loss.name) < 0) continue;  // not supported
          for (const auto& direction : ff::direction_names()) {
            check_goodness_rows(
                bench,
                {activation.name, goodness.name, normalize.name, loss.name, direction},
                width);
            width = width * 7 % 601;  // narrower and wider than a block, never a multiple of it
          }
        }
      }
    }
  }
}

FF_BENCH_TEST("kernel: the gradient may take the products' place, and nobody need read on",
              "[kernels]") {
  at::manual_seed(2);
  const auto z = bench.put(normal({3, 4, 259})), bias = bench.put(normal({3, 259}));
  const auto threshold = bench.put(at::full({3}, 0.5, at::kDouble));
  const auto rows = bench.put_zeros({2, 3, 4}), apart = bench.put_zeros(z.sizes());
  auto kernel = goodness_rows(3, 4, 259);
  kernel.z = data(z);
  kernel.bias = data(bias);
  kernel.threshold = data(threshold);
  kernel.dz = data(apart);
  kernel.row_loss = data(rows[0]);
  kernel.row_grad = data(rows[1]);
  kernel.goodness_scale = 1.0 / 259;
  kernel.positive_sign = -1;
  kernel.next_scale = scale_of("l2");
  bench.run(kernel, {apart, rows});
  const auto in_place = z.clone();
  kernel.z = data(in_place);
  kernel.dz = data(in_place);
  bench.run(kernel, {in_place, rows});
  CHECK(at::equal(in_place, apart));
}

FF_BENCH_TEST("kernel: rows that only pass give goodness and the next layer's input", "[kernels]") {
  at::manual_seed(3);
  for (const auto& normalize : ff::length_normalizations()) {
    for (const std::int64_t width : {3, 256, 513}) {
      const auto z = normal({2, 5, width}), bias = normal({2, width});
      const auto device_z = bench.put(z), device_bias = bench.put(bias);
      const auto next = bench.put_zeros(z.sizes()), goodness = bench.put_zeros({2, 5, 3});
      const auto seen = bench.put_zeros({10, width + 9});
      ff::gpu::ActivateRows<double, double> kernel = {};
      kernel.z = data(device_z);
      kernel.bias = data(device_bias);
      kernel.next = data(next);
      kernel.goodness = data(goodness) + 1;
      kernel.features = data(seen) + 4;
      kernel.feature_stride = width + 9;
      kernel.networks = 2;
      kernel.rows = 5;
      kernel.width = width;
      kernel.goodness_stride = 3;
      kernel.goodness_scale = 0.25;
      kernel.activation = ff::gpu::Activations::find("tanh");
      kernel.next_scale = scale_of(normalize.name);
      bench.run(kernel, {next, goodness, seen});
      CHECK(at::equal(seen.narrow(1, 4, width), next.view({10, width})));
      CHECK(at::count_nonzero(seen).item<std::int64_t>() <= 10 * width);
      const auto a = at::tanh(z + bias.unsqueeze(1)).view({10, width});
      CHECK_THAT(next.view({10, width}), AllClose(normalize.apply(a, kRowEpsilon), 1e-12, 1e-13));
      CHECK_THAT(goodness.select(2, 1).flatten(), AllClose(0.25 * a.pow(2).sum(1), 1e-12, 0));
      CHECK(goodness.select(2, 0).abs().max().item<double>() == 0);  // entries of another layer
    }
  }
}

FF_BENCH_TEST("kernel: a label sweep's first layer is that of the labelled images", "[kernels]") {
  at::manual_seed(5);
  constexpr std::int64_t kImages = 3, kClasses = 4, kPixels = 30, kWidth = 270;
  const auto rows = normal({kImages, kPixels});
  const auto weight = normal({kWidth, kPixels}), bias = normal({kWidth});
  const auto device_rows = bench.put(rows), device_bias = bench.put(bias);
  const auto columns = bench.put(weight.narrow(1, 0, kClasses).t().contiguous());
  for (const auto& normalize : ff::length_normalizations()) {
    const auto x = bench.put_zeros(rows.sizes()), squares = bench.put_zeros({kImages});
    const ff::gpu::ClearLabels<double, double> clear = {.from = data(device_rows),
                                                        .x = data(x),
                                                        .squares = data(squares),
                                                        .rows = kImages,
                                                        .pixels = kPixels,
                                                        .classes = kClasses};
    bench.run(clear, {x, squares});
    const auto shared = bench.put(x.cpu().mm(weight.t()));
    const auto next = bench.put_zeros({kImages * kClasses, kWidth});
    const auto goodness = bench.put_zeros({kImages * kClasses, 2});
    const ff::gpu::LabelRows<double, double> sweep = {
        .shared = data(shared),
        .squares = data(squares),
        .columns = data(columns),
        .bias = data(device_bias),
        .next = data(next),
        .goodness = data(goodness),
        .images = kImages,
        .classes = kClasses,
        .pixels = kPixels,
        .width = kWidth,
        .goodness_stride = 2,
        .label_value = 1.7,
        .goodness_scale = 0.5,
        .activation = ff::gpu::Activations::find("relu"),
        .input_scale = scale_of(normalize.name),
        .next_scale = scale_of("l2")};
    bench.run(sweep, {next, goodness});
    const ff::LabelOverlay overlay(kClasses, kPixels, 1.7, 0);
    for (std::int64_t label = 0; label < kClasses; ++label) {
      auto labelled = rows.clone();
      overlay.write_(labelled, label);
      const auto z = normalize.apply(labelled, kRowEpsilon).mm(weight.t()) + bias;
      const auto a = at::relu(z);
      const auto at_label = at::arange(label, kImages * kClasses, kClasses, at::kLong);
      CHECK_THAT(goodness.cpu().select(1, 0).index_select(0, at_label),
                 AllClose(0.5 * a.pow(2).sum(1), 1e-11, 0));
      CHECK_THAT(next.cpu().index_select(0, at_label),
                 AllClose(ff::find_length_normalization("l2").apply(a, kRowEpsilon), 1e-11, 1e-13));
    }
  }
}
