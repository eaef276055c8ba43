#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include "ff/data/augment.h"
#include "tests/catch.h"

namespace {

ff::Moves one_move(std::int64_t dy, std::int64_t dx, bool flip) {
  return {at::tensor({dy, dx}, at::kLong).view({1, 2}), at::full({1}, flip, at::kBool)};
}

// Naive per-pixel reference implementation.
at::Tensor naive(const at::Tensor& image, std::int64_t dy, std::int64_t dx, bool flip) {
  const auto height = image.size(2), width = image.size(3);
  auto out = at::zeros_like(image);
  for (std::int64_t c = 0; c < image.size(1); ++c) {
    for (std::int64_t y = 0; y < height; ++y) {
      for (std::int64_t x = 0; x < width; ++x) {
        const auto from_y = y + dy, from_x = x + dx;
        if (from_y < 0 || from_y >= height || from_x < 0 || from_x >= width) continue;
        const auto column = flip ? width - 1 - from_x : from_x;
        out[0][c][y][x] = image[0][c][from_y][column];
      }
    }
  }
  return out;
}

}  // namespace

TEST_CASE("a moved image is the naive move of every pixel") {
  at::manual_seed(1);
  const auto image = at::randint(1, 256, {1, 2, 4, 6}, at::kByte);
  for (const std::int64_t dy : {-3, -1, 0, 2}) {
    for (const std::int64_t dx : {-5, 0, 1, 5}) {
      for (const bool flip : {false, true}) {
        CAPTURE(dy, dx, flip);
        const auto want = naive(image, dy, dx, flip);
        CHECK(at::equal(ff::moved(image, one_move(dy, dx, flip)), want));
      }
    }
  }
}

TEST_CASE("every image of a batch has its own move") {
  at::manual_seed(2);
  const auto images = at::randint(1, 256, {7, 1, 4, 6}, at::kByte);
  const auto moves = ff::draw_moves({.shift = 2, .flip = true}, 7);
  const auto all = ff::moved(images, moves);
  for (std::int64_t i = 0; i < 7; ++i) {
    const auto dy = moves.offsets[i][0].item<std::int64_t>();
    const auto dx = moves.offsets[i][1].item<std::int64_t>();
    const auto want = naive(images.narrow(0, i, 1), dy, dx, moves.flips[i].item<bool>());
    CHECK(at::equal(all.narrow(0, i, 1), want));
  }
}

TEST_CASE("all shifts are as likely, and nothing is drawn that is not asked for") {
  at::manual_seed(3);
  constexpr std::int64_t kDraws = 25000;
  const auto moves = ff::draw_moves({.shift = 2}, kDraws);
  CHECK_FALSE(moves.flips.defined());
  const auto cell = (moves.offsets.select(1, 0) + 2) * 5 + moves.offsets.select(1, 1) + 2;
  const auto counts = cell.bincount({}, 25).to(at::kDouble);
  // Chi-square with 24 degrees of freedom exceeds 51.2 with probability 0.001.
  const auto expected = kDraws / 25.0;
  CHECK(((counts - expected).pow(2) / expected).sum().item<double>() < 51.2);

  at::manual_seed(4);
  const auto first = at::rand({1});
  at::manual_seed(4);
  CHECK_FALSE(ff::draw_moves({}, 10).any());
  CHECK(at::equal(at::rand({1}), first));
}

TEST_CASE("a shift that can leave nothing of an image is refused") {
  CHECK_NOTHROW(ff::check_augment({.shift = 3}, 4, 6));
  CHECK_THROWS_WITH(
      ff::check_augment({.shift = 4}, 4, 6),
      ContainsSubstring(
          "augment.shift: 4 pixels can shift out all of an image of 4 x 6; allowed: 0 to 3"));
}
