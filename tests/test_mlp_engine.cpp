// Closed-form backpropagation and the rules that change its backward pass, compared with autograd.
#include <algorithm>

#include <ATen/Functions.h>

#include "baselines/backward_rule.h"
#include "baselines/engines/cpu/mlp_engine.h"
#include "ff/core/tensor_memory.h"
#include "tests/catch.h"
#include "tests/step_difference.h"

using ff::Network;
using ff::Pass;
using ff::baselines::BackwardRuleKind;
using ff::fused::MlpEngine;

namespace {

constexpr std::int64_t kPixels = 26, kBatch = 7, kClasses = 5;
constexpr double kBackground = -0.4242;

// With such small momentum, the buffer is nearly the gradient, whose scale Adam would hide.
const ff::OptimizerOptions kSgd{.type = "sgd", .learning_rate = 0.1, .momentum = 0.1};

// A network, a rule on it, and its optimizer.
struct Side {
  Network network = nullptr;
  std::unique_ptr<ff::baselines::BackwardRule> rule;
  std::unique_ptr<ff::Optimizer> optimizer;

  Side(const BackwardRuleKind& kind,
       const std::string& activation,
       const ff::OptimizerOptions& options) {
    at::manual_seed(5);
    network = Network(ff::NetworkOptions{
        .input = {1, 1, kPixels}, .layers = ff::mlp_layers({19, 8, 9, kClasses}, activation)});
    network->to(at::kDouble);
    rule = kind.make(network, {});
    auto parameters = network->all_parameters();
    for (const auto& learned : rule->learned_feedback()) parameters.push_back(learned);
    optimizer = ff::make_optimizer(options, std::move(parameters));
  }

  ff::TensorDict tensors() const {
    auto all = optimizer->state();
    ff::merge(all, "", network->tensors());
    ff::merge(all, "", rule->state());
    return all;
  }

  ff::MlpParts parts(const std::string& activation, const ff::OptimizerOptions& options) const {
    ff::MlpParts parts{{}, activation, options, optimizer->state()};
    for (std::size_t l = 0; l < network->depth(); ++l) {
      const auto parameters = network->parameters_of(l);
      parts.layers.push_back({parameters[0], parameters[1]});
    }
    return parts;
  }
};

// Returns inputs in which four fifths of the entries are background.
at::Tensor make_rows(std::int64_t count) {
  const auto noise = at::randn({count, kPixels}, at::kDouble);
  return at::where(at::rand({count, kPixels}) < 0.2, noise, at::full({}, kBackground, at::kDouble));
}

MlpEngine<double> engine_of(const Side& side,
                            const std::string& activation,
                            const ff::OptimizerOptions& options,
                            bool background) {
  return {side.parts(activation, options),
          kBatch,
          background ? ff::fused::Background(kBackground) : std::nullopt,
          side.rule->closed_form().value()};
}

void check(const BackwardRuleKind& kind,
           const std::string& activation,
           const ff::OptimizerOptions& options,
           bool background) {
  INFO(kind.name << " " << activation << " " << options.type << " background " << background);
  Side truth(kind, activation, options), fused(kind, activation, options);
  auto engine = engine_of(fused, activation, options, background);
  for (int step = 0; step < ff::test::kStepsCompared; ++step) {
    // the last batch of an epoch is smaller
    const auto count = step % 5 == 4 ? kBatch - 2 : kBatch;
    const auto rows = make_rows(count);
    const auto labels = at::randint(0, kClasses, {count}, at::kLong);
    ff::copy_into(fused.tensors(), truth.tensors());
    const auto logits = truth.network->forward(rows, Pass::kEvaluate);
    // Logits grow beyond 1 during training, and their rounding error with them.
    REQUIRE((engine.logits(rows) - logits).abs().max().item<double>() <
            1e-12 * std::max(1.0, logits.abs().max().item<double>()));

    engine.pixels().first(count).rows.copy_(rows);
    const auto loss = engine.train(count, labels.const_data_ptr<std::int64_t>());
    const auto want = truth.rule->gradient(rows, labels, Pass::kTrain);
    truth.optimizer->set_gradients(want.by_name);
    truth.optimizer->step();
    const auto truth_loss = want.loss.item<double>();
    REQUIRE(std::abs(loss - truth_loss) < 1e-12 * std::max(1.0, truth_loss));
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
  const auto& bp = ff::baselines::find_backward_rule("bp");
  for (const auto& activation : ff::activations()) {
    for (const bool background : {false, true}) check(bp, activation.name, kSgd, background);
  }
  check(bp, "relu", {.learning_rate = 0.01, .weight_decay = 0.01}, true);
}

TEST_CASE("a fused step of every rule is autograd's in float64", "[fused][rules]") {
  int closed = 0;
  for (const auto& kind : ff::baselines::backward_rules()) {
    const Side side(kind, "relu", kSgd);
    REQUIRE(side.rule->closed_form().has_value() == kind.has_closed_form);
    if (!kind.has_closed_form) continue;
    ++closed;
    for (const bool background : {false, true}) {
      check(kind, "relu", kSgd, background);
      check(kind, "gelu", kSgd, background);
    }
    check(kind, "tanh", {.learning_rate = 0.01, .weight_decay = 0.01}, true);
  }
  CHECK(closed >= 11);
}

TEST_CASE("a fused step of a rule allocates no tensor once its buffers are there",
          "[fused][rules]") {
  for (const auto& kind : ff::baselines::backward_rules()) {
    if (!kind.has_closed_form) continue;
    INFO(kind.name);
    for (const bool background : {false, true}) {
      const Side side(kind, "relu", kSgd);
      auto engine = engine_of(side, "relu", kSgd, background);
      const auto labels = at::randint(0, kClasses, {kBatch}, at::kLong);
      const auto train = [&] { engine.train(kBatch, labels.const_data_ptr<std::int64_t>()); };
      engine.pixels().first(kBatch).rows.copy_(make_rows(kBatch));
      train();
      engine.pixels().first(kBatch).rows.copy_(make_rows(kBatch));
      CHECK(ff::measure_tensors(train).peak == 0);
    }
  }
}
