#include <ATen/Functions.h>

#include "ff/learn/prune.h"
#include "tests/catch.h"

namespace {

std::int64_t zeros(const at::Tensor& x) { return (x == 0).sum().item<std::int64_t>(); }

}  // namespace

TEST_CASE("a ratio counts as the decimal it is written as") {
  CHECK(ff::prune_count(0.9, 401408) == 361267);
  CHECK(ff::prune_count(0.29, 100) == 29);  // 0.29 * 100 is 28.999999999999996
  CHECK(ff::prune_count(0.299, 100) == 29);
  CHECK(ff::prune_count(0, 7) == 0);
  CHECK(ff::prune_count(1, 7) == 7);
}

TEST_CASE("exactly the smallest magnitudes of each layer become zero") {
  auto a = at::tensor({-0.1, 5.0, 0.2, -3.0}).view({2, 2}), b = at::tensor({9.0, -8.0, 7.0});
  ff::prune_({a, b}, 0.5, "layer");
  CHECK(at::equal(a, at::tensor({0.0, 5.0, 0.0, -3.0}).view({2, 2})));
  CHECK(at::equal(b, at::tensor({9.0, -8.0, 0.0})));
}

TEST_CASE("the network's scope takes the smallest of all layers together") {
  auto a = at::tensor({0.1, 0.2, 0.3}), b = at::tensor({9.0, 0.25, 7.0});
  ff::prune_({a, b}, 0.5, "network");
  CHECK(at::equal(a, at::tensor({0.0, 0.0, 0.3})));
  CHECK(at::equal(b, at::tensor({9.0, 0.0, 7.0})));
}

TEST_CASE("among equal magnitudes the lowest index goes first") {
  auto a = at::tensor({1.0, -1.0, 1.0, -1.0, 0.5});
  ff::prune_({a}, 0.6, "layer");
  CHECK(at::equal(a, at::tensor({0.0, 0.0, 1.0, -1.0, 0.0})));
}

TEST_CASE("the count is exact where many weights are equal, and for large layers") {
  auto same = at::full({1000}, 0.5), large = at::randn({300, 200});
  ff::prune_({same, large}, 0.9, "layer");
  CHECK(zeros(same) == 900);
  CHECK(zeros(large) == 54000);
}
