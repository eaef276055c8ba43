// Backpropagation of the GPU engine, emulated on the host, compared with float64 autograd.
#include <ATen/Functions.h>
#include <torch/nn/modules/linear.h>

#include "baselines/engines/gpu/mlp_trainer.h"
#include "ff/nn/activation.h"
#include "ff/optim/optimizer.h"
#include "tests/backward_toy.h"
#include "tests/close.h"
#include "tests/fault_injecting_device.h"
#include "tests/kernel_bench.h"
#include "tests/list_epoch.h"
#include "tests/toy.h"

using ff::test::AllClose;
using ff::test::KernelBench;
using ff::test::ListEpoch;

namespace {

constexpr std::int64_t kImages = 41, kBatch = 7, kClasses = 3;

// A 24-300-9-3 MLP, with layers wider and narrower than a thread block, and its optimizer.
struct Side {
  std::vector<ff::NamedParameter> parameters;
  std::unique_ptr<ff::Optimizer> optimizer;
  std::string activation;

  Side(const std::string& phi, const ff::OptimizerOptions& rule, const at::Device& place)
      : activation(phi) {
    at::manual_seed(5);
    std::int64_t in = 24;
    for (const std::int64_t out : {300, 9, 3}) {
      torch::nn::Linear layer(in, out);
      const auto name = "layers." + std::to_string(parameters.size() / 2);
      for (const auto& item : layer->named_parameters()) {
        const auto tensor = item.value().detach().to(place, at::kDouble).requires_grad_();
        parameters.push_back({name + "." + item.key(), tensor});
      }
      in = out;
    }
    optimizer = ff::make_optimizer(rule, parameters);
  }

  at::Tensor forward(at::Tensor x) const {
    for (std::size_t l = 0; l < parameters.size() / 2; ++l) {
      if (l > 0) x = ff::find_activation(activation).forward(x);
      x = at::linear(x, parameters[2 * l].tensor, parameters[2 * l + 1].tensor);
    }
    return x;
  }

  ff::MlpParts parts(const ff::OptimizerOptions& rule) const {
    ff::MlpParts parts{{}, activation, rule, optimizer->state()};
    for (std::size_t l = 0; l < parameters.size() / 2; ++l) {
      parts.layers.push_back({parameters[2 * l], parameters[2 * l + 1]});
    }
    return parts;
  }

  ff::TensorDict tensors() const {
    auto all = optimizer->state();
    for (const auto& [name, tensor] : parameters) all[name] = tensor;
    return all;
  }
};

// Trains two epochs, each with a smaller last batch.
void check(const KernelBench& bench,
           const std::string& activation,
           const ff::OptimizerOptions& rule) {
  INFO(activation << " " << rule.type);
  const auto images = ff::test::toy_images(kImages, 3);
  Side truth(activation, rule, at::kCPU), there(activation, rule, bench.place());
  const auto trainer = ff::gpu::make_mlp_trainer(
      bench.device(), there.parts(rule), images.to(bench.place()), kBatch);
  for (std::uint64_t number = 0; number < 2; ++number) {
    at::manual_seed(number);
    const auto order = at::randperm(kImages, at::kLong);
    ListEpoch epoch({order}, kBatch), same({order}, kBatch);
    trainer->train_epoch(epoch);
    const auto reported = at::cat(epoch.losses);
    std::int64_t step = 0;
    for (auto batch = same.next(1); batch.size() > 0; batch = same.next(1)) {
      const auto& indices = batch.indices.front();
      const auto rows = images.rows(indices).to(at::kDouble);
      const auto loss =
          at::cross_entropy_loss(truth.forward(rows), images.labels.index_select(0, indices));
      truth.optimizer->zero_grad();
      loss.backward();
      truth.optimizer->step();
      CHECK_THAT(reported[step][0], AllClose(loss, 1e-11, 1e-12));
      same.trained(loss.detach().view({1, 1}));
      ++step;
    }
    CHECK(step == 6);
    REQUIRE(epoch.batches == step);
  }
  ff::test::check_close(there.tensors(), truth.tensors(), 1e-10);
  const auto rows = images.rows(0, 20).to(at::kDouble);
  CHECK_THAT(trainer->logits(bench.put(rows)), AllClose(truth.forward(rows), 1e-10, 1e-10));
}

}  // namespace

FF_BENCH_TEST("backpropagation on a GPU is autograd's in float64", "[gpu]") {
  for (const auto& activation : ff::activations()) {
    check(bench, activation.name, {.type = "sgd", .learning_rate = 0.1, .momentum = 0.5});
  }
  check(bench, "relu", {.learning_rate = 0.001, .weight_decay = 0.01});
}

TEST_CASE("backpropagation takes the engine for GPUs where there is one, other rules do not",
          "[gpu]") {
  const auto images = ff::test::backward_toy_images();
  const auto train = [&](const std::string& engine) {
    at::manual_seed(3);
    ff::baselines::BackwardLearner learner(
        "bp", ff::test::toy_options("bp", engine), ff::baselines::FeedbackOptions{}, images);
    CHECK(learner.engine() == engine);
    ListEpoch epoch(
        {at::arange(images.size(), at::kLong)}, ff::test::kToyBatch, learner.info().resident);
    learner.train_epoch(learner.phases()[0], epoch);
    ff::test::train_steps(learner, 0, 2);
    auto all = learner.model();
    all["scores"] = learner.scores(images.rows(0, 5)).classes;
    return ff::test::copies(all);
  };
  const auto truth = train("autograd");
  const ff::test::Emulation emulation;
  for (const auto& [name, tensor] : train("fused")) {
    INFO(name);
    CHECK_THAT(tensor, AllClose(truth.at(name), 1e-5, 1e-6));
  }
  CHECK(emulation.counts->launches > 0);
  CHECK_THROWS_WITH(
      ff::baselines::choose_engine("fa", ff::test::toy_options("fa", "fused"), at::kCPU),
      "engine: fused does not support model.type fa on a GPU; allowed: autograd, auto");
}
