// Dropout and peer normalisation kernels, on the host or on a GPU, compared with float64 autograd.
#include <ATen/Functions.h>

#include "ff/engines/gpu/kernel.h"
#include "ff/forward_forward/losses/softplus.h"
#include "ff/forward_forward/peer.h"
#include "ff/nn/activation.h"
#include "ff/nn/dropout.h"
#include "tests/close.h"
#include "tests/kernel_bench.h"

using ff::gpu::pointer;
using ff::test::AllClose;
using ff::test::data;
using ff::test::KernelBench;

namespace {

constexpr std::int64_t kSceneRows = 40, kScenePositives = 20, kSceneWidth = 301;
constexpr double kDropped = 0.3;

// Pre-activations of a layer whose activation is never zero, so that zeros come from dropout only.
struct Fixture {
  const KernelBench& bench;
  at::Tensor z = at::randn({kSceneRows, kSceneWidth}, at::kDouble),
             bias = at::randn({kSceneWidth}, at::kDouble);
  at::Tensor means = at::rand({kSceneWidth}, at::kDouble);
  at::Tensor device_z = bench.put(z), device_bias = bench.put(bias),
             device_means = bench.put(means.clone());
  at::Tensor seeds = bench.put(at::tensor({5, -8, 1 << 30}, at::kLong));
  at::Tensor threshold = bench.put(at::full({1}, 0.4, at::kDouble));
  int activation = ff::gpu::Activations::find("softplus");

  ff::gpu::Dropout<double> dropout(const at::Tensor& cursor, std::int64_t pass) const {
    return {.seeds = pointer<std::int64_t>(seeds),
            .cursor = pointer<ff::gpu::Cursor>(cursor),
            .pass = pass,
            .kept = 1 - kDropped,
            .scale = ff::dropout_scale(kDropped)};
  }

  // Returns the layer's output in inference mode, (rows, width).
  at::Tensor passed(std::int64_t batch, std::int64_t pass) const {
    const auto cursor = bench.put(at::full({1}, batch, at::kLong));
    const auto next = bench.put_zeros({kSceneRows, kSceneWidth});
    ff::gpu::ActivateRows<double, double> kernel = {};
    kernel.z = data(device_z);
    kernel.bias = data(device_bias);
    kernel.next = data(next);
    kernel.networks = 1;
    kernel.rows = kSceneRows;
    kernel.width = kSceneWidth;
    kernel.activation = activation;
    kernel.next_scale = ff::test::scale_of("none");
    kernel.dropout = dropout(cursor, pass);
    bench.run(kernel, {next});
    return next.cpu();
  }
};

at::Tensor kept_of(const at::Tensor& activations) { return activations != 0; }

double share(const at::Tensor& yes) { return yes.to(at::kDouble).mean().item<double>(); }

}  // namespace

FF_BENCH_TEST("kernel: dropout silences its share of the units, each time others", "[kernels]") {
  at::manual_seed(1);
  const Fixture fixture{bench};
  const auto first = fixture.passed(/*batch=*/1, /*pass=*/3);
  const auto kept = kept_of(first);
  const auto a = ff::find_activation("softplus").forward(fixture.z + fixture.bias);
  CHECK_THAT(first, AllClose(a * kept * ff::dropout_scale(kDropped), 1e-12, 1e-14));
  // 12040 draws: the standard deviation of the fraction is 0.0042. Two independent masks agree in
  // 0.58.
  CHECK(std::abs(share(kept) - 0.7) < 0.02);
  CHECK(at::equal(kept, kept_of(fixture.passed(1, 3))));
  for (const auto& other : {fixture.passed(1, 2), fixture.passed(0, 3), fixture.passed(2, 3)}) {
    CHECK(std::abs(share(kept == kept_of(other)) - 0.58) < 0.02);
  }
  for (const std::int64_t apart : {1, 2, 7}) {
    CHECK(std::abs(share(kept == kept.roll(apart, 0)) - 0.58) < 0.02);
    CHECK(std::abs(share(kept == kept.roll(apart, 1)) - 0.58) < 0.02);
  }
}

FF_BENCH_TEST("kernel: a step with dropout and peers is autograd's of the units that are left",
              "[kernels]") {
  at::manual_seed(2);
  const Fixture fixture{bench};
  const auto cursor = bench.put(at::ones({1}, at::kLong));
  constexpr double kWeight = 0.5, kMomentum = 0.8;
  bench.run(ff::gpu::MeanActivations<double, double>{.z = data(fixture.device_z),
                                                     .bias = data(fixture.device_bias),
                                                     .mean = data(fixture.device_means),
                                                     .networks = 1,
                                                     .rows = kSceneRows,
                                                     .positives = kScenePositives,
                                                     .width = kSceneWidth,
                                                     .kept = kMomentum,
                                                     .gain = (1 - kMomentum) / kScenePositives,
                                                     .activation = fixture.activation,
                                                     .dropout = fixture.dropout(cursor, 3)},
            {fixture.device_means});
  const auto dz = bench.put_zeros({kSceneRows, kSceneWidth}),
             next = bench.put_zeros({kSceneRows, kSceneWidth});
  const auto row_loss = bench.put_zeros({kSceneRows}), row_grad = bench.put_zeros({kSceneRows});
  bench.run(ff::gpu::GoodnessRows<double, double>{.z = data(fixture.device_z),
                                                  .bias = data(fixture.device_bias),
                                                  .threshold = data(fixture.threshold),
                                                  .dz = data(dz),
                                                  .next = data(next),
                                                  .row_loss = data(row_loss),
                                                  .row_grad = data(row_grad),
                                                  .mean_activation = data(fixture.device_means),
                                                  .networks = 1,
                                                  .rows = kSceneRows,
                                                  .positives = kScenePositives,
                                                  .width = kSceneWidth,
                                                  .goodness_scale = 1.0 / kSceneWidth,
                                                  .positive_sign = -1,
                                                  .temperature = 1,
                                                  .peer_weight = kWeight / kScenePositives,
                                                  .activation = fixture.activation,
                                                  .loss = ff::gpu::Losses::find("softplus"),
                                                  .next_scale = ff::test::scale_of("none"),
                                                  .dropout = fixture.dropout(cursor, 3)},
            {dz, next, row_loss, row_grad});

  const auto products = fixture.z.clone().requires_grad_();
  const auto kept = kept_of(next.cpu()).to(at::kDouble) * ff::dropout_scale(kDropped);
  const auto z = products + fixture.bias;
  const auto a = ff::find_activation("softplus").forward(z) * kept;
  auto means = fixture.means.clone();
  ff::update_mean_activation(means, a.narrow(0, 0, kScenePositives), kMomentum);
  const auto wrong = a.pow(2).mean(1) - 0.4;
  const auto loss =
      ff::softplus_loss(at::cat({-wrong.narrow(0, 0, kScenePositives),
                                 wrong.narrow(0, kScenePositives, kSceneRows - kScenePositives)}));
  (loss + ff::peer_term(means, z.narrow(0, 0, kScenePositives), kWeight)).backward();
  CHECK(std::abs(share(kept_of(next)) - 0.7) < 0.02);
  CHECK_THAT(fixture.device_means, AllClose(means, 1e-12, 1e-14));
  CHECK_THAT(next, AllClose(a.detach(), 1e-12, 1e-14));
  CHECK_THAT(row_loss.mean(), AllClose(loss.detach(), 1e-12, 1e-14));
  CHECK_THAT(dz, AllClose(products.grad(), 1e-11, 1e-15));
}
