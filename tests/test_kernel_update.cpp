// Optimizer kernels of the GPU engine, run on the host, compared with the optimizers.
#include <ATen/Functions.h>

#include "ff/engines/cpu/learned_tensor.h"
#include "ff/engines/gpu/kernel.h"
#include "ff/engines/gpu/memory.h"
#include "ff/optim/optimizer.h"
#include "tests/close.h"
#include "tests/kernel_bench.h"

using ff::gpu::pointer;
using ff::test::AllClose;
using ff::test::KernelBench;

namespace {

using Update = ff::gpu::Update<double>;

constexpr std::int64_t kNetworks = 2, kWidth = 37, kIn = 61, kRows = 10, kSteps = 6, kDepth = 3;

// A layer of two networks with different learning rates, in kernel memory and in the optimizers.
struct Stepped {
  const KernelBench& bench;
  ff::OptimizerOptions options[kNetworks];
  at::Tensor weight = bench.put(at::randn({kNetworks, kWidth, kIn}, at::kDouble));
  at::Tensor bias = bench.put(at::randn({kNetworks, kWidth}, at::kDouble));
  at::Tensor threshold = bench.put(at::randn({kNetworks, 1}, at::kDouble));
  std::vector<at::Tensor> moments;  // of weight, bias, threshold: first, second
  at::Tensor gradient = bench.put_zeros({kNetworks, kWidth, kIn});
  at::Tensor dz = bench.put_zeros({kNetworks, kRows, kWidth});
  at::Tensor row_loss = bench.put_zeros({kNetworks, kRows});
  at::Tensor row_grad = bench.put_zeros({kNetworks, kRows});
  at::Tensor step_log = bench.put_zeros({kSteps, kNetworks, kDepth, 2});
  at::Tensor cursor = bench.put(at::full({1}, -1, at::kLong));
  at::Tensor steps = bench.put_zeros({3 * kNetworks}, at::kLong);
  at::Tensor rules = ff::gpu::records_of<ff::gpu::UpdateRule>(3 * kNetworks, bench.place());
  at::Tensor updates = ff::gpu::records_of<Update>(3 * kNetworks, bench.place());

  struct Truth {
    at::Tensor weight, bias, threshold;
    std::unique_ptr<ff::Optimizer> optimizer;
  };
  std::vector<Truth> truths;

  Stepped(const KernelBench& bench_in, const ff::OptimizerOptions& first, bool threshold_learns)
      : bench(bench_in) {
    std::vector<ff::gpu::UpdateRule> all;
    options[0] = options[1] = first;
    options[1].learning_rate *= 3;
    for (const auto& tensor : {weight, bias, threshold}) {
      moments.push_back(at::zeros_like(tensor));
      moments.push_back(at::zeros_like(tensor));
    }
    for (std::int64_t n = 0; n < kNetworks; ++n) {
      for (const auto* name : {"weight", "bias", "threshold"}) {
        all.push_back(ff::fused::rule_of(options[n], name));
      }
      Truth truth{
          weight[n].cpu().clone(), bias[n].cpu().clone(), threshold[n].cpu().clone(), nullptr};
      std::vector<ff::NamedParameter> learned = {{"weight", truth.weight}, {"bias", truth.bias}};
      if (threshold_learns) learned.push_back({"threshold", truth.threshold});
      truth.optimizer = ff::make_optimizer(options[n], learned);
      truths.push_back(std::move(truth));
    }
    ff::gpu::upload(all, rules);
  }

  ff::gpu::Learned<double> learned(const at::Tensor& tensor, std::size_t i, bool learns) const {
    const bool adam = options[0].type == "adam";
    const bool first = adam || options[0].momentum != 0;
    return {pointer<double>(tensor),
            first ? pointer<double>(moments[2 * i]) : nullptr,
            adam ? pointer<double>(moments[2 * i + 1]) : nullptr,
            learns};
  }

  void begin() {
    bench.run(ff::gpu::BeginStep<double, double>{.cursor = pointer<ff::gpu::Cursor>(cursor),
                                                 .rules = pointer<ff::gpu::UpdateRule>(rules),
                                                 .steps = pointer<std::int64_t>(steps),
                                                 .updates = pointer<Update>(updates),
                                                 .count = 3 * kNetworks},
              {cursor, steps});  // not compared bytewise: the padding of Update is uninitialised
  }

  ff::gpu::UpdateLayer<double, double> kernel(bool threshold_learns) const {
    return {.gradient = pointer<double>(gradient),
            .dz = pointer<double>(dz),
            .row_loss = pointer<double>(row_loss),
            .row_grad = pointer<double>(row_grad),
            .updates = pointer<Update>(updates),
            .weight = learned(weight, 0, true),
            .bias = learned(bias, 1, true),
            .threshold = learned(threshold, 2, threshold_learns),
            .weight_copy = nullptr,
            .cursor = pointer<ff::gpu::Cursor>(cursor),
            .step_log = pointer<double>(step_log) + 2,  // the second of three layers
            .networks = kNetworks,
            .rows = kRows,
            .width = kWidth,
            .size = kWidth * kIn,
            .step_log_stride = 2 * kDepth};
  }

  void step_truth(bool threshold_learns) {
    for (std::int64_t n = 0; n < kNetworks; ++n) {
      auto& truth = truths[n];
      truth.weight.mutable_grad() = gradient[n].cpu().clone();
      truth.bias.mutable_grad() = dz[n].cpu().sum(0);
      if (threshold_learns) truth.threshold.mutable_grad() = -row_grad[n].cpu().sum().view({1});
      truth.optimizer->step();
    }
  }
};

void check(const KernelBench& bench, const ff::OptimizerOptions& options, bool threshold_learns) {
  INFO(options.type << ", momentum " << options.momentum << ", decay " << options.weight_decay
                    << (options.decoupled_decay ? " apart" : "") << ", biases "
                    << options.decay_biases << ", threshold learns " << threshold_learns);
  at::manual_seed(6);
  Stepped s(bench, options, threshold_learns);
  for (std::int64_t step = 0; step < kSteps; ++step) {
    for (const auto& tensor : {s.gradient, s.dz, s.row_loss, s.row_grad}) {
      tensor.copy_(at::randn(tensor.sizes(), at::kDouble));
    }
    s.begin();
    std::vector<at::Tensor> written = {s.weight, s.bias, s.threshold, s.step_log};
    written.insert(written.end(), s.moments.begin(), s.moments.end());
    bench.run(s.kernel(threshold_learns), written);
    s.step_truth(threshold_learns);
    for (std::int64_t n = 0; n < kNetworks; ++n) {
      // Adam's first step has the size of the learning rate for any gradient, so a per-element
      // comparison is meaningful.
      CHECK_THAT(s.weight[n], AllClose(s.truths[n].weight, 1e-12, 1e-13));
      CHECK_THAT(s.bias[n], AllClose(s.truths[n].bias, 1e-12, 1e-13));
      CHECK_THAT(s.threshold[n], AllClose(s.truths[n].threshold, 1e-12, 1e-13));
      CHECK_THAT(s.step_log[step][n][1][0], AllClose(s.row_loss[n].mean(), 1e-12, 1e-14));
      CHECK(s.step_log[step][n][1][1].item<double>() == s.threshold[n][0].item<double>());
      CHECK(s.step_log[step][n][0].abs().max().item<double>() == 0);  // another layer's entry
    }
  }
}

}  // namespace

FF_BENCH_TEST("kernel: an optimizer's step is the optimizer's, with every decay", "[kernels]") {
  for (const auto& type : ff::OptimizerOptions::names()) {
    REQUIRE(ff::fused::missing_update({.type = type}).empty());
    for (const double decay : {0.0, 0.05}) {
      for (const double momentum : {0.0, 0.9}) {
        for (const bool apart : {false, true}) {
          if (type == "adam" && momentum != 0) continue;
          ff::OptimizerOptions options{.type = type, .learning_rate = 0.02};
          options.momentum = momentum;
          options.weight_decay = decay;
          options.decoupled_decay = apart;
          options.decay_biases = apart;
          check(bench, options, /*threshold_learns=*/!apart);
        }
      }
    }
  }
}

FF_BENCH_TEST("kernel: the copy that products read is the new weights, rounded as LibTorch rounds",
              "[kernels]") {
  at::manual_seed(7);
  const auto gradient = bench.put(at::randn({1, 33, 50})),
             weight = bench.put(at::randn({1, 33, 50}));
  const auto dz = bench.put(at::randn({1, 4, 33}).to(at::kBFloat16));
  const auto rounded = bench.put_zeros({1, 33, 50}, at::kBFloat16);
  const auto bias = bench.put(at::randn({1, 33})), threshold = bench.put(at::ones({1}));
  const auto rows = bench.put(at::randn({4})), step_log = bench.put_zeros({2});
  const auto cursor = bench.put_zeros({1}, at::kLong);
  ff::gpu::Update<float> update;
  update.adam = false;
  update.rate = 0.1F;
  const auto updates = ff::gpu::records_of<ff::gpu::Update<float>>(3, bench.place());
  ff::gpu::upload(std::vector<ff::gpu::Update<float>>(3, update), updates);
  const auto before = bias.clone();
  ff::gpu::UpdateLayer<float, ff::gpu::BFloat16> kernel = {};
  kernel.gradient = pointer<float>(gradient);
  kernel.dz = pointer<ff::gpu::BFloat16>(dz);
  kernel.row_loss = kernel.row_grad = pointer<float>(rows);
  kernel.updates = pointer<ff::gpu::Update<float>>(updates);
  kernel.weight = {pointer<float>(weight), nullptr, nullptr, true};
  kernel.bias = {pointer<float>(bias), nullptr, nullptr, true};
  kernel.threshold = {pointer<float>(threshold), nullptr, nullptr, false};
  kernel.weight_copy = pointer<ff::gpu::BFloat16>(rounded);
  kernel.cursor = pointer<ff::gpu::Cursor>(cursor);
  kernel.step_log = pointer<double>(step_log);
  kernel.networks = 1;
  kernel.rows = 4;
  kernel.width = 33;
  kernel.size = 33 * 50;
  bench.run(kernel, {weight, rounded, bias});
  CHECK(at::equal(rounded, weight.to(at::kBFloat16)));
  CHECK_THAT(bias, AllClose(before - 0.1 * dz.to(at::kFloat).sum(1), 1e-6, 1e-6));
  CHECK(threshold.item<float>() == 1);
}

TEST_CASE("bfloat16 rounds as LibTorch's does, and comes back whole", "[kernels]") {
  at::manual_seed(8);
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const auto ties = at::arange(0, 4096, at::kInt).mul(0x8000).add(0x3f800000).view(at::kFloat);
  const auto special = at::tensor({0.0F, -0.0F, 1e-40F, 3.4e38F, kInfinity, -kInfinity});
  for (const auto& values : {at::randn({4096}), ties, special}) {
    const auto want = values.to(at::kBFloat16);
    for (std::int64_t i = 0; i < values.numel(); ++i) {
      const ff::fused::BFloat16 ours(values[i].item<float>());
      CHECK(ours.bits == static_cast<std::uint16_t>(want[i].view(at::kShort).item<std::int16_t>()));
      CHECK(static_cast<float>(ours) == want[i].item<float>());
    }
  }
  const ff::fused::BFloat16 nan(std::numeric_limits<float>::quiet_NaN());
  CHECK(std::isnan(static_cast<float>(nan)));
}
