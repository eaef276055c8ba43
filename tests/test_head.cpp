#include <ATen/Functions.h>

#include "ff/forward_forward/head.h"
#include "tests/close.h"

TEST_CASE("a head starts without an opinion and has no bias") {
  const ff::SoftmaxHead head(6, 3, ff::HeadOptions{}.optimizer);
  CHECK(head->weight.abs().max().item<float>() == 0);
  CHECK(head->parameters().size() == 1);
  CHECK(at::equal(head->logits(at::randn({4, 6})), at::zeros({4, 3})));
}

TEST_CASE("a head's step is gradient descent on the cross-entropy, and lets no gradient out") {
  at::manual_seed(1);
  ff::SoftmaxHead head(6, 3, ff::OptimizerOptions{.type = "sgd", .learning_rate = 1});
  head->to(at::kDouble);
  {
    at::NoGradGuard no_grad;
    head->weight.normal_();
  }
  const auto before = head->weight.detach().clone();
  auto features = at::randn({5, 6}, at::kDouble).set_requires_grad(true);
  const auto labels = at::tensor({0, 2, 1, 1, 0}, at::kLong);
  const auto loss = [&] {
    return at::cross_entropy_loss(head->logits(features.detach()), labels).item<double>();
  };
  const auto slope = ff::test::central_differences(loss, head->weight.detach());
  const auto want = loss();
  const auto step = head->train_step(features, labels);
  CHECK(step.loss.item<double>() == Approx(want));
  CHECK_THAT(step.logits, ff::test::AllClose(at::mm(features.detach(), before.t()), 1e-12, 0));
  CHECK_FALSE(features.grad().defined());
  CHECK_FALSE(step.logits.requires_grad());
  CHECK_THAT(before - head->weight.detach(), ff::test::AllClose(slope, 1e-5, 1e-8));
}
