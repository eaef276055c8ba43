#include <set>

#include <ATen/Functions.h>

#include "ff/forward_forward/negatives.h"
#include "tests/catch.h"

using at::kLong;

TEST_CASE("wrong labels are drawn class by class, as the original draws them") {
  // Computed in Python: random.seed(3), labels 2 0 1 2 0 5, random.choice among the other labels
  // present.
  ff::PythonRandom random(3);
  const auto labels = at::tensor({2, 0, 1, 2, 0, 5}, kLong);
  const auto wrong = ff::draw_wrong_labels(labels, random);
  CHECK(at::equal(wrong, at::tensor({0, 1, 5, 1, 5, 2}, kLong)));
}

TEST_CASE("a negative never carries the true label, and every other one occurs equally often") {
  ff::PythonRandom random(0);
  const std::int64_t each = 9000;
  const auto labels = at::arange(10, kLong).repeat({each});
  const auto wrong = ff::draw_wrong_labels(labels, random);
  CHECK((wrong == labels).sum().item<std::int64_t>() == 0);
  // 90 pairs with 1,000 expected draws each: chi-square with 80 degrees of freedom is below 135
  // with probability 0.9999.
  const auto counts = at::bincount(labels * 10 + wrong, {}, 100).to(at::kDouble);
  const auto off_diagonal = counts.masked_select(counts > 0);
  REQUIRE(off_diagonal.numel() == 90);
  const double chi_square = ((off_diagonal - 1000).pow(2) / 1000).sum().item<double>();
  CHECK(chi_square < 135);
}

TEST_CASE("a batch's wrong labels are choices among the other classes, sample by sample") {
  ff::PythonRandom random(3), same(3);
  const auto labels = at::tensor({2, 0, 1, 2, 0, 2}, kLong);
  const auto wrong = ff::draw_other_labels(labels, 3, random);
  const std::int64_t others[3][2] = {{1, 2}, {0, 2}, {0, 1}};
  for (std::int64_t i = 0; i < labels.numel(); ++i) {
    const auto own = labels[i].item<std::int64_t>();
    CHECK(wrong[i].item<std::int64_t>() == others[own][same.choice(2)]);
  }
  // Classes that do not occur in the batch can be drawn, so a single sample suffices.
  std::set<std::int64_t> drawn;
  for (int i = 0; i < 100; ++i) {
    drawn.insert(ff::draw_other_labels(at::ones({1}, kLong), 4, random).item<std::int64_t>());
  }
  CHECK(drawn == std::set<std::int64_t>{0, 2, 3});
  CHECK_THROWS_WITH(ff::draw_other_labels(labels, 1, random),
                    ContainsSubstring("at least two classes"));
}

TEST_CASE("one label alone leaves nothing to draw") {
  ff::PythonRandom random(0);
  CHECK_THROWS_WITH(ff::draw_wrong_labels(at::zeros({5}, kLong), random),
                    ContainsSubstring("at least two labels"));
}
