// Golden values: five steps of Python's torch.optim (torch 2.11) in float64 from fixed weights.
#include <ATen/Functions.h>

#include "ff/core/find_choice.h"
#include "ff/optim/optimizer.h"
#include "tests/close.h"

using ff::OptimizerOptions;

namespace {

at::Tensor start() {
  return at::tensor({0.5, -1.0, 2.0, 0.25}, at::kDouble).view({2, 2}).set_requires_grad(true);
}

// Takes step t on the loss sum((w * [[1, 2], [3, 4]] - t)^2).
void step(ff::Optimizer& optimizer, const at::Tensor& w, int t) {
  const auto factors = at::tensor({1.0, 2.0, 3.0, 4.0}, at::kDouble).view({2, 2});
  optimizer.zero_grad();
  (w * factors - t).pow(2).sum().backward();
  optimizer.step();
}

at::Tensor five_steps(const OptimizerOptions& options) {
  auto w = start();
  const auto optimizer = ff::make_optimizer(options, {{"w", w}});
  for (int t = 0; t < 5; ++t) step(*optimizer, w, t);
  return w.detach().flatten();
}

at::Tensor doubles(std::vector<double> values) { return at::tensor(values, at::kDouble); }

}  // namespace

TEST_CASE("Adam takes Python's steps") {
  CHECK_THAT(
      five_steps({.type = "adam", .learning_rate = 0.1}),
      ff::test::AllClose(
          doubles(
              {0.6372522637668381, -0.5019473143964098, 1.5341382945258117, 0.29399153486611473}),
          1e-14,
          0));
}

TEST_CASE("Adam with other betas, epsilon and weight decay takes Python's steps") {
  CHECK_THAT(
      five_steps({.type = "adam",
                  .learning_rate = 0.1,
                  .beta1 = 0.8,
                  .beta2 = 0.95,
                  .epsilon = 1e-6,
                  .weight_decay = 0.01}),
      ff::test::AllClose(
          doubles(
              {0.6636700157113373, -0.49539499045911567, 1.5436687290402715, 0.32478248231959167}),
          1e-14,
          0));
}

TEST_CASE("SGD takes Python's steps, without and with momentum and weight decay") {
  CHECK_THAT(five_steps({.type = "sgd", .learning_rate = 0.01}),
             ff::test::AllClose(
                 doubles({0.6480002384, -0.2898220032, 1.2428497664, 0.6186868992}), 1e-14, 0));
  CHECK_THAT(
      five_steps({.type = "sgd", .learning_rate = 0.01, .momentum = 0.9, .weight_decay = 0.01}),
      ff::test::AllClose(
          doubles(
              {0.7374124700702924, 0.5481651836797313, -0.08911009728124271, 0.8462506177694011}),
          1e-14,
          0));
}

TEST_CASE("Adam with decoupled weight decay takes the steps of Python's AdamW") {
  CHECK_THAT(
      five_steps(
          {.type = "adam", .learning_rate = 0.1, .weight_decay = 0.05, .decoupled_decay = true}),
      ff::test::AllClose(
          doubles({0.6259667478414015, -0.482055128529769, 1.4911548753443389, 0.2904487912509965}),
          1e-14,
          0));
}

TEST_CASE("SGD's decoupled weight decay stays out of momentum") {
  const OptimizerOptions options{.type = "sgd",
                                 .learning_rate = 0.01,
                                 .momentum = 0.9,
                                 .weight_decay = 0.5,
                                 .decoupled_decay = true};
  auto w = start();
  const auto optimizer = ff::make_optimizer(options, {{"w", w}});
  auto want = start().detach();
  auto velocity = at::zeros({2, 2}, at::kDouble);
  for (int t = 0; t < 3; ++t) {
    step(*optimizer, w, t);
    const auto factors = at::tensor({1.0, 2.0, 3.0, 4.0}, at::kDouble).view({2, 2});
    velocity = 0.9 * velocity + 2 * factors * (want * factors - t);
    want = want * (1 - 0.01 * 0.5) - 0.01 * velocity;
  }
  CHECK_THAT(w.detach(), ff::test::AllClose(want, 1e-14, 0));
}

TEST_CASE("weight decay can be for weights alone") {
  for (const auto& type : OptimizerOptions::names()) {
    OptimizerOptions options{.type = type, .weight_decay = 0.5, .decay_biases = false};
    CHECK(ff::decay_of(options, "layers.0.weight") == 0.5);
    CHECK(ff::decay_of(options, "layers.0.bias") == 0);
    CHECK(ff::decay_of(options, "threshold") == 0);
    auto plain = start(), bias = start(), weight = start();
    const auto without = ff::make_optimizer({.type = type}, {{"bias", plain}});
    const auto both = ff::make_optimizer(options, {{"bias", bias}, {"weight", weight}});
    step(*without, plain, 1);
    step(*both, bias, 1);
    CHECK(at::equal(plain, bias));
    step(*both, weight, 1);
    CHECK_FALSE(at::equal(plain, weight));
  }
}

TEST_CASE("the cooldown lowers the rate in equal steps, to one of them in the last epoch") {
  OptimizerOptions options;
  CHECK(ff::lr_scale(options, 9, 10) == 1);
  options.cooldown = 0.5;
  for (const auto& [epoch, factor] :
       std::vector<std::pair<int, double>>{{0, 1}, {5, 1}, {6, 0.8}, {8, 0.4}, {9, 0.2}}) {
    CHECK(ff::lr_scale(options, epoch, 10) == factor);
  }
  CHECK(ff::lr_scale(options, 0, 1) == 1);
  options.cooldown = 0;
  CHECK(ff::lr_scale(options, 3, 4) == 0.25);
}

TEST_CASE("a rate factor scales the step and is part of the state") {
  for (const auto& type : OptimizerOptions::names()) {
    auto half = start(), slow = start();
    const auto a = ff::make_optimizer({.type = type, .learning_rate = 0.05}, {{"w", half}});
    const auto b = ff::make_optimizer({.type = type, .learning_rate = 0.1}, {{"w", slow}});
    b->set_lr_scale(0.5);
    CHECK(b->state().at("rate_factor").item<double>() == 0.5);
    step(*a, half, 1);
    step(*b, slow, 1);
    CHECK(at::equal(half, slow));
  }
}

TEST_CASE("a parameter without a gradient stays as it is") {
  for (const auto& type : OptimizerOptions::names()) {
    auto used = start(), unused = start();
    const auto optimizer = ff::make_optimizer({.type = type}, {{"used", used}, {"unused", unused}});
    step(*optimizer, used, 3);
    CHECK(at::equal(unused, start()));
    CHECK_FALSE(at::equal(used, start()));
  }
}

TEST_CASE("an optimizer put back to a state goes on to the same bits") {
  for (const auto& type : OptimizerOptions::names()) {
    const OptimizerOptions options{.type = type, .learning_rate = 0.05, .momentum = 0.9};
    auto w = start();
    const auto optimizer = ff::make_optimizer(options, {{"w", w}});
    for (int t = 0; t < 3; ++t) step(*optimizer, w, t);
    ff::TensorDict saved;
    for (const auto& [name, tensor] : optimizer->state()) saved[name] = tensor.clone();
    auto other = w.detach().clone().set_requires_grad(true);
    for (int t = 3; t < 6; ++t) step(*optimizer, w, t);

    const auto resumed = ff::make_optimizer(options, {{"w", other}});
    ff::copy_into(resumed->state(), saved);
    for (int t = 3; t < 6; ++t) step(*resumed, other, t);
    CHECK(at::equal(w, other));
  }
}

TEST_CASE("an unknown optimizer is refused with those there are") {
  CHECK_THROWS_WITH(ff::make_optimizer({.type = "adamw"}, {}),
                    ContainsSubstring("allowed: adam, sgd"));
}
