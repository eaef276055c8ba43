#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include "ff/data/image_set.h"
#include "tests/catch.h"

namespace {

ff::ImageSet random_set(std::int64_t channels, const ff::Normalization& normalization) {
  at::manual_seed(1);
  return {at::randint(0, 256, {50, channels, 5, 7}, at::kByte),
          at::randint(0, 4, {50}, at::kLong),
          4,
          normalization};
}

}  // namespace

TEST_CASE("rows are ToTensor and Normalize of the bytes, to the last bit") {
  const std::vector<double> mean = {0.4914, 0.4822, 0.4465}, std = {0.2023, 0.1994, 0.2010};
  const auto set = random_set(3, {mean, std});
  const auto m = at::tensor(mean, at::kFloat).view({1, 3, 1, 1});
  const auto s = at::tensor(std, at::kFloat).view({1, 3, 1, 1});
  const auto want = set.images.to(at::kFloat).div(255).sub(m).div(s).flatten(1);
  CHECK(at::equal(set.rows(0, 50), want));
  const auto some = at::tensor({49, 3, 3, 0}, at::kLong);
  CHECK(at::equal(set.rows(some), want.index_select(0, some)));
  CHECK(set.max_value() == want.max().item<float>());
}

TEST_CASE("moved rows are the rows of moved bytes, wherever they are written") {
  const auto set = random_set(3, {{0.5, 0.4, 0.3}, {0.25, 0.2, 0.1}});
  const auto some = at::tensor({49, 3, 3, 0}, at::kLong);
  const auto moves = ff::draw_moves({.shift = 1, .flip = true}, 4);
  auto bytes = set;
  bytes.images = ff::moved(set.images.index_select(0, some), moves);
  bytes.labels = at::zeros({4}, at::kLong);
  const auto want = bytes.rows(0, 4);
  CHECK(at::equal(set.rows(some, moves), want));
  auto written = at::zeros_like(want);
  set.rows_into(some, moves, written.mutable_data_ptr<float>());
  CHECK(at::equal(written, want));
  set.rows_into(some, {}, written.mutable_data_ptr<float>());
  CHECK(at::equal(written, set.rows(some)));
}

TEST_CASE("one mean serves all channels") {
  const auto one = random_set(3, {{0.5}, {0.25}});
  const auto each = random_set(3, {{0.5, 0.5, 0.5}, {0.25, 0.25, 0.25}});
  CHECK(at::equal(one.rows(0, 50), each.rows(0, 50)));
}

TEST_CASE("a subset keeps images, labels and normalisation together") {
  const auto set = random_set(1, {{0.1307}, {0.3081}});
  const auto indices = at::tensor({7, 2}, at::kLong);
  const auto part = set.subset(indices);
  CHECK(part.size() == 2);
  CHECK(at::equal(part.rows(0, 2), set.rows(indices)));
  CHECK(at::equal(part.labels, set.labels.index_select(0, indices)));
}

TEST_CASE("what does not fit together is refused with its shapes") {
  const auto images = at::zeros({4, 3, 2, 2}, at::kByte);
  const auto labels = at::zeros({4}, at::kLong);
  const ff::Normalization one = {{0}, {1}};
  CHECK_THROWS_WITH(ff::ImageSet(images, at::zeros({5}, at::kLong), 2, one),
                    ContainsSubstring("(4)"));
  CHECK_THROWS_WITH(ff::ImageSet(images.to(at::kInt), labels, 2, one), ContainsSubstring("uint8"));
  CHECK_THROWS_WITH(ff::ImageSet(images, labels, 2, {{0, 0}, {1, 1}}),
                    ContainsSubstring("3 channels"));
}

TEST_CASE("an empty set has no size and may be moved") {
  const ff::ImageSet none;
  CHECK(none.size() == 0);
  CHECK(none.to(at::kCPU).size() == 0);
}
