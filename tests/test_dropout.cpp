#include <ATen/Functions.h>

#include "ff/nn/dropout.h"
#include "tests/catch.h"

TEST_CASE("dropout silences a share of the units and keeps the expected sum of squares") {
  at::manual_seed(1);
  constexpr std::int64_t kUnits = 200000;
  const auto whole = at::ones({1, kUnits});
  for (const double p : {0.1, 0.5}) {
    const auto left = ff::dropped(whole, p);
    const auto silent = (left == 0).to(at::kDouble).mean().item<double>();
    // Four standard errors of a proportion.
    CHECK(std::abs(silent - p) < 4 * std::sqrt(p * (1 - p) / kUnits));
    CHECK(left.pow(2).mean().item<double>() == Approx(1).epsilon(0.02));
    CHECK(left.max().item<float>() == Approx(ff::dropout_scale(p)));
  }
}

TEST_CASE("without dropout nothing is drawn and nothing changes") {
  at::manual_seed(2);
  const auto next = at::rand({1});
  at::manual_seed(2);
  const auto activations = at::ones({3, 4});
  CHECK(at::equal(ff::dropped(activations, 0), activations));
  CHECK(at::equal(at::rand({1}), next));
}
