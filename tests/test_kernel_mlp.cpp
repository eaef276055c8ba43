// Kernels of an MLP training step, on the host or on a GPU, compared with float64 autograd.
#include <ATen/Functions.h>

#include "ff/core/separate_seed.h"
#include "ff/engines/gpu/kernel.h"
#include "ff/engines/gpu/memory.h"
#include "ff/forward_forward/hard_negatives.h"
#include "ff/nn/activation.h"
#include "tests/close.h"
#include "tests/kernel_bench.h"

using ff::gpu::pointer;
using ff::test::AllClose;
using ff::test::data;

FF_BENCH_TEST("kernel: a hidden layer's activation and its gradient are autograd's", "[kernels]") {
  at::manual_seed(1);
  for (const auto& activation : ff::activations()) {
    for (const bool keeps_inputs : {false, true}) {
      const bool needed = std::string(activation.name) == "gelu";
      if (needed && !keeps_inputs) continue;
      INFO(activation.name << ", inputs kept: " << keeps_inputs);
      const auto z = at::randn({5, 261}, at::kDouble), bias = at::randn({261}, at::kDouble);
      const auto dx = at::randn({5, 261}, at::kDouble);
      const auto device_z = bench.put(z), device_bias = bench.put(bias);
      const auto a = bench.put_zeros({5, 261}), inputs = bench.put_zeros({5, 261});
      const int index = ff::gpu::Activations::find(activation.name);
      auto* kept = keeps_inputs ? data(inputs) : nullptr;
      bench.run(ff::gpu::HiddenRows<double, double>{.z = data(device_z),
                                                    .bias = data(device_bias),
                                                    .a = data(a),
                                                    .inputs = kept,
                                                    .rows = 5,
                                                    .width = 261,
                                                    .activation = index},
                {a, inputs});
      const auto in_place = bench.put(dx.clone());
      bench.run(ff::gpu::BackwardRows<double, double>{.dx = data(in_place),
                                                      .a = data(a),
                                                      .inputs = kept,
                                                      .dz = data(in_place),
                                                      .rows = 5,
                                                      .width = 261,
                                                      .activation = index},
                {in_place});
      const auto at_products = z.clone().requires_grad_();
      const auto want = activation.forward(at_products + bias);
      (want * dx).sum().backward();
      CHECK_THAT(a, AllClose(want, 1e-12, 1e-14));
      // For a saturated tanh or sigmoid, the slope computed from the output loses precision.
      CHECK_THAT(in_place, AllClose(at_products.grad(), 1e-10, 1e-13));
    }
  }
}

FF_BENCH_TEST("kernel: the cross-entropy and its gradient are autograd's", "[kernels]") {
  at::manual_seed(2);
  for (const std::int64_t classes : {2, 3, 10, 300}) {
    constexpr std::int64_t kRows = 6, kImages = 20;
    const auto z = 5 * at::randn({kRows, classes}, at::kDouble),
               bias = at::randn({classes}, at::kDouble);
    const auto labels = at::randint(0, classes, {kImages}, at::kLong);
    const auto order = at::randperm(kImages, at::kLong);
    const auto cursor = bench.put(at::ones({1}, at::kLong));  // the second batch
    const auto in_place = bench.put(z.clone()), device_bias = bench.put(bias);
    const auto device_labels = bench.put(labels), device_order = bench.put(order);
    const auto row_loss = bench.put_zeros({kRows});
    bench.run(
        ff::gpu::CrossEntropyRows<double, double>{.z = data(in_place),
                                                  .bias = data(device_bias),
                                                  .labels = pointer<std::int64_t>(device_labels),
                                                  .order = pointer<std::int64_t>(device_order),
                                                  .cursor = pointer<ff::gpu::Cursor>(cursor),
                                                  .dz = data(in_place),
                                                  .row_loss = data(row_loss),
                                                  .rows = kRows,
                                                  .classes = classes,
                                                  .batch_size = kRows},
        {in_place, row_loss});
    const auto at_products = z.clone().requires_grad_();
    const auto of_batch = labels.index_select(0, order.narrow(0, kRows, kRows));
    const auto loss = at::cross_entropy_loss(at_products + bias, of_batch);
    loss.backward();
    CHECK_THAT(row_loss.mean(), AllClose(loss.detach(), 1e-12, 1e-14));
    CHECK_THAT(in_place, AllClose(at_products.grad(), 1e-12, 1e-15));
  }
}

FF_BENCH_TEST("kernel: hard labels are those that the uniform numbers draw", "[kernels]") {
  at::manual_seed(3);
  for (const std::int64_t classes : {2, 3, 10}) {
    for (const double steepness : {1.0, 3000.0}) {  // at 3000, some labels have probability 0
      constexpr std::int64_t kRows = 700, kImages = 1500;
      const auto logits = steepness * at::randn({kRows, classes}, at::kDouble);
      const auto labels = at::randint(0, classes, {kImages}, at::kLong);
      const auto order = at::randperm(kImages, at::kLong);
      const auto of_batch = order.narrow(0, kRows, kRows);
      at::manual_seed(5);
      const auto want = ff::draw_hard_labels(logits, labels.index_select(0, of_batch));
      at::manual_seed(5);
      auto uniforms = at::full({kImages}, -1, at::kFloat);
      uniforms.narrow(0, kRows, kRows).copy_(ff::draw_uniforms(kRows).view({-1}));
      const auto wrong = bench.put(at::full({kImages}, -1, at::kLong));
      const auto cursor = bench.put(at::ones({1}, at::kLong));  // the second batch
      const auto device_logits = bench.put(logits), device_uniforms = bench.put(uniforms);
      const auto device_labels = bench.put(labels), device_order = bench.put(order);
      bench.run(
          ff::gpu::DrawHardLabels<double, double>{.logits = data(device_logits),
                                                  .uniforms = pointer<float>(device_uniforms),
                                                  .labels = pointer<std::int64_t>(device_labels),
                                                  .order = pointer<std::int64_t>(device_order),
                                                  .cursor = pointer<ff::gpu::Cursor>(cursor),
                                                  .wrong_labels = pointer<std::int64_t>(wrong),
                                                  .rows = kRows,
                                                  .classes = classes,
                                                  .batch_size = kRows},
          {wrong});
      CHECK(at::equal(wrong.cpu().index_select(0, of_batch), want));
      // entries of samples outside the batch are unchanged
      CHECK((wrong == -1).sum().item<std::int64_t>() == kImages - kRows);
    }
  }
}
