#include <ATen/Functions.h>
#include <torch/nn/modules/linear.h>

#include "ff/core/find_choice.h"
#include "ff/forward_forward/ff_linear.h"
#include "tests/close.h"

using ff::FFLinear;
using ff::FFLinearOptions;

namespace {

constexpr std::int64_t kLinearRows = 6, kLinearIn = 5, kLinearOut = 4;

at::Tensor rows(std::int64_t seed) {
  at::manual_seed(static_cast<std::uint64_t>(seed));
  return at::rand({kLinearRows, kLinearIn}, at::kDouble) + 0.1;
}

// A float64 layer with units on both sides of zero, and the threshold within the range of the
// goodness.
FFLinear make_layer(FFLinearOptions options) {
  options.in_features = kLinearIn;
  options.out_features = kLinearOut;
  at::manual_seed(4);
  FFLinear layer(options);
  layer->to(at::kDouble);
  torch::NoGradGuard no_grad;
  layer->weight.mul_(3);
  const auto goodness = layer->goodness(layer->forward(rows(1)));
  layer->threshold.fill_(goodness.mean().item<double>() * 0.9);
  return layer;
}

double loss_of(FFLinear& layer, const at::Tensor& pos, const at::Tensor& neg) {
  torch::NoGradGuard no_grad;
  return layer->loss(layer->goodness(layer->forward(pos)), layer->goodness(layer->forward(neg)))
      .item<double>();
}

void check_gradients(const FFLinearOptions& options) {
  INFO(options.activation << " " << options.goodness << " " << options.normalize << " "
                          << options.loss.type << " " << options.loss.direction);
  auto layer = make_layer(options);
  const auto pos = rows(1), neg = rows(2);
  layer->loss(layer->goodness(layer->forward(pos)), layer->goodness(layer->forward(neg)))
      .backward();
  for (const auto& item : layer->named_parameters()) {
    INFO(item.key());
    if (item.key() == "threshold" && ff::find_loss(options.loss.type).paired) {
      CHECK_FALSE(item.value().grad().defined());  // losses of pairs do not use it
      continue;
    }
    const auto slope = ff::test::central_differences([&] { return loss_of(layer, pos, neg); },
                                                     item.value().detach());
    // Central differences with step h have an error of h^2 times the third derivative, plus
    // rounding of about 1e-16/h.
    CHECK_THAT(item.value().grad(), ff::test::AllClose(slope, 1e-5, 1e-8));
  }
}

}  // namespace

TEST_CASE("a layer's gradient is the slope of its loss, for everything it can be made of") {
  for (const auto& activation : ff::activations()) {
    for (const auto& goodness : ff::goodnesses()) {
      for (const auto& normalize : ff::length_normalizations()) {
        for (const auto& loss : ff::losses()) {
          for (const auto& direction : ff::direction_names()) {
            check_gradients({.activation = activation.name,
                             .goodness = goodness.name,
                             .normalize = normalize.name,
                             .loss = {.type = loss.name, .direction = direction}});
            check_gradients(
                {.activation = activation.name,
                 .goodness = goodness.name,
                 .normalize = normalize.name,
                 .loss = {.type = loss.name, .direction = direction, .temperature = 0.3}});
          }
        }
      }
    }
  }
}

TEST_CASE("the torch init is nn.Linear's, to the last bit") {
  at::manual_seed(3);
  const torch::nn::Linear want(7, 9);
  at::manual_seed(3);
  const FFLinear got(FFLinearOptions{.in_features = 7, .out_features = 9});
  CHECK(at::equal(got->weight, want->weight));
  CHECK(at::equal(got->bias, want->bias));
}

TEST_CASE("the normal init has standard deviation 1 / sqrt(fan_in) and no bias") {
  at::manual_seed(0);
  const FFLinear layer(FFLinearOptions{.in_features = 400, .out_features = 500, .init = "normal"});
  // The standard error of a standard deviation over n = 200,000 draws is sigma / sqrt(2 n).
  CHECK(layer->weight.std().item<double>() == Approx(0.05).epsilon(4 / std::sqrt(2 * 200000.0)));
  CHECK(layer->bias.abs().max().item<float>() == 0);
}

TEST_CASE("one row by hand: normalise, multiply, rectify, mean of squares") {
  FFLinear layer(FFLinearOptions{.in_features = 2, .out_features = 2, .epsilon = 0});
  torch::NoGradGuard no_grad;
  layer->weight.copy_(at::tensor({5.0, 0.0, 0.0, -5.0}).view({2, 2}));
  layer->bias.copy_(at::tensor({1.0, 1.0}));
  const auto a = layer->forward(at::tensor({3.0, 4.0}).view({1, 2}).to(at::kFloat));
  CHECK_THAT(a, ff::test::AllClose(at::tensor({4.0, 0.0}).view({1, 2}), 1e-6, 1e-6));
  CHECK(layer->goodness(a).item<float>() == Approx(8));
}

TEST_CASE("the threshold starts where it is told, and moves only when it is learned") {
  FFLinearOptions options{.in_features = kLinearIn, .out_features = kLinearOut};
  options.threshold = {.initial = "width", .learned = false};
  FFLinear fixed(options);
  CHECK(fixed->threshold.item<float>() == kLinearOut);
  fixed->set_optimizer({});
  fixed->train_step(rows(1).to(at::kFloat), rows(2).to(at::kFloat));
  CHECK(fixed->threshold.item<float>() == kLinearOut);

  options.threshold = {.initial = 0.5, .learned = true};
  FFLinear learned(options);
  learned->set_optimizer({});
  learned->train_step(rows(1).to(at::kFloat), rows(2).to(at::kFloat));
  CHECK(learned->threshold.item<float>() != 0.5F);
}

TEST_CASE("a training step lets no gradient in or out") {
  FFLinear layer(FFLinearOptions{.in_features = kLinearIn, .out_features = kLinearOut});
  layer->set_optimizer({});
  const auto before = layer->weight.detach().clone();
  auto pos = rows(1).to(at::kFloat).set_requires_grad(true);
  const auto step = layer->train_step(pos, rows(2).to(at::kFloat));
  CHECK_FALSE(pos.grad().defined());
  CHECK_FALSE(step.loss.requires_grad());
  CHECK_FALSE(step.activations_pos.requires_grad());
  CHECK_FALSE(step.activations_neg.requires_grad());
  CHECK_FALSE(at::equal(layer->weight, before));
}

TEST_CASE("what a layer cannot do is refused with what it got") {
  FFLinear layer(FFLinearOptions{.in_features = kLinearIn, .out_features = kLinearOut});
  CHECK_THROWS_WITH(layer->forward(at::zeros({2, 3})), ContainsSubstring("expected (N, 5)"));
  CHECK_THROWS_WITH(layer->train_step(at::zeros({2, kLinearIn}), at::zeros({2, kLinearIn})),
                    ContainsSubstring("set_optimizer"));
  CHECK_THROWS_WITH(FFLinear(FFLinearOptions{.in_features = 0, .out_features = 1}),
                    ContainsSubstring("at least 1"));
}
