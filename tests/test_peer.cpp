#include <ATen/Functions.h>

#include "ff/forward_forward/ff_linear.h"
#include "ff/forward_forward/peer.h"
#include "tests/close.h"

TEST_CASE("the peer term's gradient is that of Hinton's ffnew.m, line 154") {
  at::manual_seed(1);
  constexpr std::int64_t kRows = 5, kUnits = 7;
  const auto mean = at::rand({kUnits}, at::kDouble);
  auto z = at::randn({kRows, kUnits}, at::kDouble).set_requires_grad(true);
  ff::peer_term(mean, z, 0.03).backward();
  // The original adds lambda (mean(m) - m) to dC/din of a positive sample and ascends; here the
  // term is descended and averaged over the samples.
  const auto want = (0.03 * (mean - mean.mean()) / kRows).expand({kRows, kUnits});
  CHECK_THAT(z.grad(), ff::test::AllClose(want, 1e-12, 1e-15));
  const auto slope = ff::test::central_differences(
      [&] { return ff::peer_term(mean, z.detach(), 0.03).item<double>(); }, z.detach());
  CHECK_THAT(z.grad(), ff::test::AllClose(slope, 1e-6, 1e-9));
}

TEST_CASE("the running mean follows the positives' mean activation") {
  const auto mean = at::full({2}, 0.5);
  ff::update_mean_activation(mean, at::tensor({1.0F, 0.0F, 3.0F, 0.0F}).view({2, 2}), 0.9);
  CHECK_THAT(mean, ff::test::AllClose(at::tensor({0.65F, 0.45F}), 1e-6, 0));
}

TEST_CASE("a layer's objective is what its step descends, peers included, and changes nothing") {
  at::manual_seed(4);
  ff::FFLinear layer(
      ff::FFLinearOptions{.in_features = 6, .out_features = 4, .peer = {.weight = 0.5}});
  layer->set_optimizer({.type = "sgd", .learning_rate = 1});
  const auto pos = at::rand({8, 6}), neg = at::rand({8, 6});
  layer->train_step(neg, pos);  // makes the running means differ
  const auto mean = layer->mean_activation.clone(), before = layer->weight.detach().clone();
  layer->zero_grad();
  layer->objective(pos, neg).backward();
  const auto gradient = layer->weight.grad().clone();
  CHECK(at::equal(layer->mean_activation, mean));
  CHECK(at::equal(layer->weight, before));
  layer->train_step(pos, neg);
  CHECK_THAT(before - layer->weight.detach(), ff::test::AllClose(gradient, 1e-5, 1e-6));
}

TEST_CASE("peer normalisation wakes a unit that is always silent, which goodness cannot") {
  const auto bias_after = [](double weight) {
    at::manual_seed(3);
    ff::FFLinear layer(
        ff::FFLinearOptions{.in_features = 6, .out_features = 4, .peer = {.weight = weight}});
    layer->set_optimizer({.type = "sgd", .learning_rate = 0.1});
    {
      at::NoGradGuard no_grad;
      layer->weight[2].zero_();
      layer->bias[2] = -1;
    }
    for (int step = 0; step < 20; ++step) layer->train_step(at::rand({8, 6}), at::rand({8, 6}));
    return layer->bias[2].item<float>();
  };
  CHECK(bias_after(0) == -1);
  CHECK(bias_after(0.5) > -1);
}
