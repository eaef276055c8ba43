#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/linalg_inv.h>
#include <ATen/ops/linalg_pinv.h>

#include "baselines/measures.h"
#include "baselines/target_propagation.h"
#include "tests/small_mlp.h"

using ff::angle_between;
using ff::Pass;
using ff::baselines::Mlp;
using ff::baselines::output_error;
using ff::baselines::TargetOptions;
using ff::baselines::TargetPropagation;
using ff::test::six_labels;

namespace {

TargetPropagation learner_of(const std::string& rule,
                             TargetOptions targets,
                             ff::baselines::NetworkLearnerOptions options) {
  at::manual_seed(3);
  TargetPropagation learner(rule, std::move(targets), std::move(options), ff::test::six_images());
  learner.network->to(at::kDouble);
  for (auto& feedback : learner.feedback) {
    if (feedback.weight.defined()) feedback.weight = feedback.weight.to(at::kDouble);
    if (feedback.bias.defined()) feedback.bias = feedback.bias.to(at::kDouble);
  }
  return learner;
}

// Linear layers without activations.
ff::baselines::NetworkLearnerOptions linear_options(const std::vector<std::int64_t>& widths) {
  auto options = ff::test::small_options("tanh", widths);
  std::erase_if(options.layers, [](const auto& layer) { return layer.type != "linear"; });
  return options;
}

at::Tensor output_step(const TargetPropagation& learner, const at::Tensor& rows) {
  const auto logits = learner.network->forward(rows, Pass::kProbe).detach();
  return at::softmax(logits, 1) - at::one_hot(six_labels(), 3).to(at::kDouble);
}

at::Generator generator() { return at::detail::createCPUGenerator(7); }

}  // namespace

TEST_CASE("with exact inverses, difference targets on a linear net are Gauss-Newton's",
          "[targets]") {
  // Square layers, so that each layer and the Jacobian of the output are invertible.
  auto learner =
      learner_of("dtp", {.step = 0.3, .penultimate = "feedback"}, linear_options({3, 3, 3, 3}));
  const Mlp mlp(learner.network);
  for (std::size_t l = 0; l < learner.feedback.size(); ++l) {
    const auto inverse = at::linalg_inv(mlp.weight(l + 1));
    learner.feedback[l].weight = inverse;
    learner.feedback[l].bias = -inverse.mv(mlp.bias(l + 1));
  }
  const auto rows = at::randn({6, 5}, at::kDouble);
  const auto trace = mlp.trace(rows);
  const auto targets = learner.targets(trace, output_error(trace.logits(), six_labels()).delta);
  REQUIRE(targets.size() == 3);
  auto jacobian = at::eye(3, at::kDouble);
  for (auto l = targets.size(); l-- > 0;) {
    jacobian = jacobian.mm(mlp.weight(l + 1));
    const auto step = output_step(learner, rows).mm(at::linalg_pinv(jacobian, 1e-12).t()) * 0.3;
    CHECK_THAT(trace.h[l + 1] - targets[l], ff::test::AllClose(step, 1e-9, 1e-12));
  }
}

TEST_CASE("targets of plain target propagation are what the inverse makes of the target above",
          "[targets]") {
  auto learner =
      learner_of("tp", {.step = 0.3, .penultimate = "feedback"}, linear_options({3, 3, 3}));
  const Mlp mlp(learner.network);
  for (std::size_t l = 0; l < 2; ++l) {
    const auto inverse = at::linalg_inv(mlp.weight(l + 1));
    learner.feedback[l].weight = inverse;
    learner.feedback[l].bias = -inverse.mv(mlp.bias(l + 1));
  }
  const auto rows = at::randn({6, 5}, at::kDouble);
  const auto trace = mlp.trace(rows);
  const auto targets = learner.targets(trace, output_error(trace.logits(), six_labels()).delta);
  // Propagating a target of the first layer forward yields the output's target.
  auto up = targets[0];
  for (std::size_t l = 1; l < 3; ++l) up = mlp.apply(l, up);
  CHECK_THAT(up,
             ff::test::AllClose(trace.logits() - 0.3 * output_step(learner, rows), 1e-9, 1e-12));
}

TEST_CASE("with feedback that is the transpose, targets on a linear net are backpropagation",
          "[targets]") {
  for (const auto* rule : {"dtp", "dtp-drl", "ddtp-linear"}) {
    for (const double step : {0.01, 1.0}) {
      CAPTURE(rule, step);
      auto learner =
          learner_of(rule, {.step = step, .penultimate = "feedback"}, linear_options({4, 6, 3}));
      const Mlp mlp(learner.network);
      const bool direct = rule == std::string("ddtp-linear");
      learner.feedback[1].weight = mlp.weight(2).t().contiguous();
      learner.feedback[0].weight =
          direct ? mlp.weight(2).mm(mlp.weight(1)).t() : mlp.weight(1).t().contiguous();
      const auto rows = at::randn({6, 5}, at::kDouble);
      const auto found = learner.gradient(rows, six_labels(), Pass::kTrain).by_name;
      const auto truth =
          ff::baselines::backpropagate(*learner.network, rows, six_labels(), Pass::kProbe).by_name;
      REQUIRE(found.size() == truth.size());
      for (const auto& [name, tensor] : truth) {
        INFO(name);
        CHECK_THAT(found.at(name), ff::test::AllClose(tensor, 1e-10, 1e-13));
      }
      for (const auto angle : ff::baselines::feedback_angles(learner.feedback_pairs())) {
        CHECK(angle == Approx(0).margin(1e-4));
      }
    }
  }
}

TEST_CASE("the last two layers learn as backpropagation's where the penultimate takes the gradient",
          "[targets]") {
  for (const auto* rule : {"tp", "dtp"}) {
    auto learner = learner_of(rule, {.step = 0.2}, ff::test::small_options("tanh"));
    CHECK_FALSE(learner.feedback[1].weight.defined());
    const auto rows = at::randn({6, 5}, at::kDouble);
    const auto found = learner.gradient(rows, six_labels(), Pass::kTrain).by_name;
    const auto truth =
        ff::baselines::backpropagate(*learner.network, rows, six_labels(), Pass::kProbe).by_name;
    for (const auto* name : {"layers.1.weight", "layers.1.bias", "layers.2.weight"}) {
      CHECK_THAT(found.at(name), ff::test::AllClose(truth.at(name), 1e-10, 1e-13));
    }
    CHECK(angle_between(found.at("layers.0.weight"), truth.at("layers.0.weight")) > 5);
  }
}

TEST_CASE("a layer's gradient is the slope of its distance from its target", "[targets]") {
  constexpr double kStep = 0.2;
  for (const auto* rule : {"tp", "dtp", "dtp-drl", "ddtp-linear"}) {
    CAPTURE(rule);
    auto learner = learner_of(
        rule, {.step = kStep, .penultimate = "feedback"}, ff::test::small_options("tanh"));
    const auto rows = at::randn({6, 5}, at::kDouble);
    const auto found = learner.gradient(rows, six_labels(), Pass::kTrain).by_name;
    const Mlp mlp(learner.network);
    const auto trace = mlp.trace(rows);
    const auto targets = learner.targets(trace, output_error(trace.logits(), six_labels()).delta);
    for (std::size_t l = 0; l < targets.size(); ++l) {
      const auto weight = mlp.weight(l), bias = mlp.bias(l);
      const auto below = trace.h[l], target = targets[l];
      // mean of |h - t|^2 / (2 step), with the layer below and t held constant
      const auto loss = [&] {
        const auto h = at::tanh(at::linear(below, weight, bias));
        return (h - target).square().sum().item<double>() / (2 * kStep * 6);
      };
      const auto name = "layers." + std::to_string(l);
      INFO(name);
      CHECK_THAT(found.at(name + ".weight"),
                 ff::test::AllClose(ff::test::central_differences(loss, weight), 1e-5, 1e-8));
      CHECK_THAT(found.at(name + ".bias"),
                 ff::test::AllClose(ff::test::central_differences(loss, bias), 1e-5, 1e-8));
    }
  }
}

TEST_CASE("every feedback gradient is the slope of its loss", "[targets]") {
  for (const auto* rule : {"tp", "dtp", "dtp-drl", "ddtp-linear"}) {
    for (const auto* penultimate : {"feedback", "gradient"}) {
      CAPTURE(rule, penultimate);
      auto learner = learner_of(rule,
                                {.penultimate = penultimate, .noise = 0.3},
                                ff::test::small_options("tanh", {4, 6, 5, 3}));
      const auto trace = Mlp(learner.network).trace(at::randn({6, 5}, at::kDouble));
      const auto found = learner.feedback_gradient(trace, generator());
      int place = 0;
      for (std::size_t l = 0; l < learner.feedback.size(); ++l) {
        auto& feedback = learner.feedback[l];
        if (!feedback.weight.defined()) continue;
        const auto loss = [&] {
          return learner.feedback_gradient(trace, generator()).loss[place].item<double>();
        };
        const auto name = "feedback." + std::to_string(l);
        INFO(name);
        CHECK_THAT(
            found.by_name.at(name + ".weight"),
            ff::test::AllClose(ff::test::central_differences(loss, feedback.weight), 1e-5, 1e-8));
        if (feedback.bias.defined()) {
          CHECK_THAT(
              found.by_name.at(name + ".bias"),
              ff::test::AllClose(ff::test::central_differences(loss, feedback.bias), 1e-5, 1e-8));
        }
        ++place;
      }
      CHECK(place == found.loss.numel());
    }
  }
}

TEST_CASE("difference reconstruction is at rest at the pseudoinverse of the Jacobian",
          "[targets]") {
  auto learner = learner_of("ddtp-linear", {.noise = 0.5}, linear_options({6, 5, 3}));
  const Mlp mlp(learner.network);
  const auto trace = mlp.trace(at::randn({6, 5}, at::kDouble));
  const auto pull = [&] {  // norm of the mean gradient over many draws
    at::Tensor sum;
    const auto own = generator();
    for (int i = 0; i < 3000; ++i) {
      const auto one = learner.feedback_gradient(trace, own).by_name.at("feedback.0.weight");
      sum = sum.defined() ? sum + one : one;
    }
    return (sum / 3000).norm().item<double>();
  };
  const auto away = pull();
  learner.feedback[0].weight = at::linalg_pinv(mlp.weight(2).mm(mlp.weight(1)), 1e-12);
  CHECK(pull() < 0.05 * away);
}

TEST_CASE("feedback that learns alone leaves the network as it is", "[targets]") {
  at::manual_seed(3);
  TargetPropagation learner("dtp-drl",
                            {.pretrain_epochs = 2, .feedback_learning_rate = 0.05},
                            ff::test::small_options("tanh"),
                            ff::test::six_images());
  const auto phases = learner.phases();
  REQUIRE(phases.size() == 2);
  CHECK(phases[0].name == "feedback");
  CHECK(phases[0].epochs == 2);
  ff::TensorDict before;
  for (const auto& [name, tensor] : learner.model()) before[name] = tensor.detach().clone();
  const auto feedback = learner.feedback[0].weight.clone();
  const auto batch = ff::resident_batch(learner.info().resident, {at::arange(6, at::kLong)});
  learner.train_batch(phases[0], batch);
  for (const auto& [name, tensor] : learner.model()) CHECK(at::equal(tensor, before.at(name)));
  CHECK_FALSE(at::equal(learner.feedback[0].weight, feedback));
  learner.train_batch(phases[1], batch);
  for (const auto& [name, tensor] : learner.model()) {
    INFO(name);
    CHECK_FALSE(at::equal(tensor, before.at(name)));
  }
}

TEST_CASE("feedback has a rate and a decay of its own", "[targets]") {
  const auto moved = [](TargetOptions targets) {
    auto options = ff::test::small_options("tanh");
    options.optimizer.learning_rate = 0.01;
    at::manual_seed(3);
    TargetPropagation learner("ddtp-linear", targets, options, ff::test::six_images());
    const auto before = learner.feedback[0].weight.clone();
    learner.train_batch(learner.phases()[1],
                        ff::resident_batch(learner.info().resident, {at::arange(6, at::kLong)}));
    return learner.feedback[0].weight - before;
  };
  const auto plain = moved({});
  CHECK_THAT(moved({.feedback_learning_rate = 0.02}), ff::test::AllClose(2 * plain, 1e-4, 1e-7));
  CHECK_FALSE(at::allclose(moved({.feedback_decay = 0.5}), plain));
}
