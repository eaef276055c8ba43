#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include "ff/data/label_overlay.h"
#include "tests/catch.h"

TEST_CASE("the label's pixel gets the value, the other label pixels 0, the rest stays") {
  const ff::LabelOverlay overlay(/*classes=*/3, /*pixels=*/6, /*value=*/2.5, /*neutral=*/0.1);
  auto rows = at::full({2, 6}, -1.0);
  overlay.write_(rows, at::tensor({2, 0}, at::kLong));
  const auto want = at::tensor({0.0, 0.0, 2.5, -1.0, -1.0, -1.0, 2.5, 0.0, 0.0, -1.0, -1.0, -1.0});
  CHECK(at::equal(rows, want.view({2, 6}).to(rows.dtype())));
}

TEST_CASE("one label for all rows writes what a label per row writes") {
  const ff::LabelOverlay overlay(3, 4, 2.5, 0.1);
  auto one = at::full({5, 6}, -1.0), each = one.clone();
  overlay.write_(one, std::int64_t{1});
  overlay.write_(each, at::ones({5}, at::kLong));
  CHECK(at::equal(one, each));
}

TEST_CASE("a neutral row carries the neutral value in every label pixel") {
  const ff::LabelOverlay overlay(3, 4, 2.5, 0.1);
  auto rows = at::full({1, 4}, -1.0);
  overlay.write_neutral_(rows);
  CHECK(at::equal(rows, at::tensor({0.1, 0.1, 0.1, -1.0}).to(rows.dtype()).view({1, 4})));
}

TEST_CASE("more classes than pixels are refused") {
  CHECK_THROWS_WITH(ff::LabelOverlay(10, 8, 1, 0), ContainsSubstring("10 classes do not fit"));
  CHECK_NOTHROW(ff::LabelOverlay(8, 8, 1, 0));
}
