// Backpropagation in closed form against autograd.
#include <ATen/Functions.h>

#include "baselines/network.h"
#include "ff/fused/mlp_engine.h"
#include "tests/catch.h"

using ff::baselines::Network;
using ff::baselines::Pass;
using ff::fused::MlpEngine;

namespace {

constexpr std::int64_t kPixels = 26, kBatch = 7, kClasses = 5;
constexpr double kBackground = -0.4242;

struct Side {
  Network network = nullptr;
  std::unique_ptr<ff::Optimizer> optimizer;

  Side(const ff::baselines::NetworkOptions& options, const ff::OptimizerOptions& rule) {
    network = Network(options);
    network->to(at::kDouble);
    optimizer = ff::make_optimizer(rule, network->all_parameters());
  }

  ff::TensorDict tensors() const {
    auto all = optimizer->state();
    ff::merge(all, "", network->tensors());
    return all;
  }
};

void check(const std::string& activation, const ff::OptimizerOptions& rule, bool background) {
  INFO(activation << " " << rule.type << " background " << background);
  const ff::baselines::NetworkOptions options{
      .input = {1, 1, kPixels}, .layers = ff::perceptron_layers({19, 8, kClasses}, activation)};
  at::manual_seed(5);
  Side truth(options, rule), fused(options, rule);
  std::vector<ff::fused::MlpLayer> layers;
  for (std::size_t l = 0; l < 3; ++l) {
    const auto parameters = fused.network->parameters_of(l);
    layers.push_back({parameters[0], parameters[1]});
  }
  MlpEngine<double> engine(layers,
                           activation,
                           rule,
                           fused.optimizer->state(),
                           kBatch,
                           background ? ff::fused::Background(kBackground) : std::nullopt);
  for (int step = 0; step < 50; ++step) {
    const auto count = step % 5 == 4 ? kBatch - 2 : kBatch;  // the last batch of an epoch
    const auto noise = at::randn({count, kPixels}, at::kDouble);
    const auto rows =
        at::where(at::rand({count, kPixels}) < 0.2, noise, at::full({}, kBackground, at::kDouble));
    const auto labels = at::randint(0, kClasses, {count}, at::kLong);
    ff::copy_into(fused.tensors(), truth.tensors());
    REQUIRE((engine.logits(rows) - truth.network->forward(rows, Pass::kTrain))
                .abs()
                .max()
                .item<double>() < 1e-12);

    engine.pixels().first(count).rows.copy_(rows);
    const auto loss = engine.train(count, labels.const_data_ptr<std::int64_t>());
    const auto want = at::cross_entropy_loss(truth.network->forward(rows, Pass::kTrain), labels);
    truth.optimizer->zero_grad();
    want.backward();
    truth.optimizer->step();
    REQUIRE(std::abs(loss - want.item<double>()) < 1e-12);
    const auto after = fused.tensors();
    for (const auto& [name, tensor] : truth.tensors()) {
      if (!tensor.is_floating_point()) continue;
      INFO(name << " at step " << step);
      const auto error = (tensor - after.at(name)).abs().max().item<double>();
      REQUIRE(error <= 1e-12 * std::max(1e-3, tensor.abs().max().item<double>()));
    }
  }
}

}  // namespace

TEST_CASE("a fused step of backpropagation is autograd's in float64", "[fused]") {
  for (const auto& activation : ff::activations()) {
    for (const bool background : {false, true}) {
      // The buffer of so little momentum is the gradient, which Adam would hide.
      check(activation.name, {.type = "sgd", .learning_rate = 0.1, .momentum = 0.1}, background);
    }
  }
  check("relu", {.learning_rate = 0.01, .weight_decay = 0.01}, true);
}
