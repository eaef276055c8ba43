#include <ATen/Functions.h>

#include "ff/forward_forward/hard_negatives.h"
#include "tests/catch.h"

TEST_CASE("hard labels follow the head's probabilities, the true label ruled out") {
  at::manual_seed(1);
  constexpr std::int64_t kDraws = 20000, kClasses = 6, kOwn = 2;
  const auto row = at::tensor({0.5F, -1.0F, 9.0F, 1.5F, 0.0F, -2.0F});
  const auto labels = at::full({kDraws}, kOwn, at::kLong);
  const auto drawn = ff::draw_hard_labels(row.expand({kDraws, kClasses}), labels);
  auto odds = row.to(at::kDouble).exp();
  odds[kOwn] = 0;
  const auto expected = odds / odds.sum() * kDraws;
  const auto counts = drawn.bincount({}, kClasses).to(at::kDouble);
  CHECK(counts[kOwn].item<double>() == 0);
  // Chi-square with 4 degrees of freedom exceeds 18.5 with probability 0.001.
  const auto terms = (counts - expected).pow(2) / expected;
  CHECK(terms.nan_to_num(0).sum().item<double>() < 18.5);
}

TEST_CASE("a hard label is never the true one, however sure the head is") {
  at::manual_seed(2);
  for (const float strength : {0.0F, 1.0F, 100.0F, 1e4F}) {
    for (std::int64_t own = 0; own < 10; ++own) {
      const auto logits = at::randn({200, 10}) * strength;
      logits.select(1, own).add_(strength);
      const auto labels = at::full({200}, own, at::kLong);
      const auto drawn = ff::draw_hard_labels(logits, labels);
      CHECK((drawn != own).all().item<bool>());
      CHECK(((drawn >= 0) & (drawn < 10)).all().item<bool>());
    }
  }
}

TEST_CASE("equal logits draw every other label as often") {
  at::manual_seed(3);
  const auto labels = at::randint(0, 10, {9000}, at::kLong);
  const auto drawn = ff::draw_hard_labels(at::zeros({9000, 10}), labels);
  const auto step = ((drawn - labels) % 10 + 10) % 10;  // 1 to 9
  const auto counts = step.bincount({}, 10).to(at::kDouble);
  CHECK(counts[0].item<double>() == 0);
  // Chi-square with 8 degrees of freedom exceeds 26.1 with probability 0.001.
  CHECK(((counts.slice(0, 1) - 1000).pow(2) / 1000).sum().item<double>() < 26.1);
}

TEST_CASE("one uniform number a row is drawn, and no more") {
  at::manual_seed(4);
  const auto skipped = at::rand({5, 1});
  const auto next = at::rand({1});
  at::manual_seed(4);
  ff::draw_hard_labels(at::zeros({5, 3}), at::zeros({5}, at::kLong));
  CHECK(at::equal(at::rand({1}), next));
}
