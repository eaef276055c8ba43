#include <limits>

#include <ATen/Functions.h>

#include "ff/forward_forward/loss.h"
#include "ff/forward_forward/losses/softplus.h"
#include "ff/forward_forward/losses/symba.h"
#include "tests/close.h"

using ff::Direction;

TEST_CASE("every loss falls with distance to the right side, and its gradient is its slope") {
  for (const auto& loss : ff::losses()) {
    INFO(loss.name);
    // Avoids the kink of relu at 0.
    auto z = at::tensor({-30.0, -2.0, -0.3, 0.4, 1.7, 60.0, 79.9, 85.0, 300.0}, at::kDouble);
    const auto slope =
        ff::test::central_differences([&] { return loss.of(z).item<double>(); }, z, 1e-5);
    auto leaf = z.clone().set_requires_grad(true);
    loss.of(leaf).backward();
    CHECK_THAT(leaf.grad(), ff::test::AllClose(slope, 1e-7, 1e-9));
    CHECK((slope >= -1e-12).all().item<bool>());
    CHECK(loss.of(z).item<double>() > 0);
  }
}

TEST_CASE("the guarded softplus has the original's bits up to 80, and no overflow above") {
  at::manual_seed(0);
  auto z = at::empty({100000}).uniform_(-100, 80).set_requires_grad(true);
  auto same = z.detach().clone().set_requires_grad(true);
  const auto guarded = ff::softplus_loss(z);
  const auto literal = at::log(1 + at::exp(same)).mean();
  CHECK(at::equal(guarded, literal));
  guarded.backward();
  literal.backward();
  CHECK(at::equal(z.grad(), same.grad()));

  auto large = at::tensor({1e3F, 1e30F}).set_requires_grad(true);
  const auto value = ff::softplus_loss(large);
  value.backward();
  CHECK(value.item<float>() == Approx(5e29).epsilon(1e-6));
  CHECK_THAT(large.grad(), ff::test::AllClose(at::full({2}, 0.5), 1e-6, 0));
}

TEST_CASE("z is positive on the wrong side of the threshold, in either direction") {
  const auto threshold = at::tensor({5.0});
  const auto strong = at::tensor({7.0}), weak = at::tensor({2.0});
  const auto max = ff::wrong_side(strong, weak, threshold, Direction::kMaxSsq);
  CHECK(at::equal(max, at::tensor({-2.0, -3.0})));
  const auto min = ff::wrong_side(strong, weak, threshold, Direction::kMinSsq);
  CHECK(at::equal(min, at::tensor({2.0, 3.0})));
}

TEST_CASE("SymBa compares a negative with its own positive") {
  const auto pos = at::tensor({7.0, 1.0}), neg = at::tensor({2.0, 5.0});
  CHECK(at::equal(ff::wrong_order(pos, neg, Direction::kMaxSsq), at::tensor({-5.0, 4.0})));
  CHECK(at::equal(ff::wrong_order(pos, neg, Direction::kMinSsq), at::tensor({5.0, -4.0})));
}

TEST_CASE("unknown names are refused with those there are") {
  CHECK_THROWS_WITH(ff::find_loss("hinge"), ContainsSubstring("allowed: softplus, relu, symba"));
  CHECK_THROWS_WITH(ff::find_direction("up"), ContainsSubstring("max-ssq, min-ssq"));
}
