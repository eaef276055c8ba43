#include <ATen/Functions.h>

#include "ff/forward_forward/hybrid.h"
#include "tests/catch.h"

namespace {

constexpr std::int64_t kMasks = 2000, kSize = 28;

// Returns the correlation of mask pixels at distance `lag` along an axis.
double correlation(const at::Tensor& masks, std::int64_t axis, std::int64_t lag) {
  const auto signs = masks.to(at::kDouble) * 2 - 1;
  const auto size = masks.size(axis) - lag;
  return (signs.narrow(axis, 0, size) * signs.narrow(axis, lag, size)).mean().item<double>();
}

}  // namespace

TEST_CASE("masks are half set, and made of regions as large as six blurs make them") {
  at::manual_seed(1);
  const auto masks = ff::draw_masks(kMasks, kSize, kSize);
  REQUIRE(masks.scalar_type() == at::kBool);
  REQUIRE(masks.sizes() == at::IntArrayRef({kMasks, kSize, kSize}));
  CHECK(masks.to(at::kDouble).mean().item<double>() == Approx(0.5).margin(0.01));
  for (const std::int64_t axis : {1, 2}) {
    // n rounds of the blur [1/4, 1/2, 1/4] give neighbours at distance k the correlation C(4n,
    // 2n+k) / C(4n, 2n); thresholding a Gaussian field at its mean maps a correlation r to 2/pi
    // asin(r).
    const auto by_theory = [](double r) { return 2 / M_PI * std::asin(r); };
    CHECK(correlation(masks, axis, 1) == Approx(by_theory(0.923)).margin(0.02));
    CHECK(correlation(masks, axis, 4) == Approx(by_theory(0.272)).margin(0.03));
    CHECK(std::abs(correlation(masks, axis, 14)) < 0.02);
  }
  const auto share = masks.to(at::kDouble).mean({1, 2});
  CHECK(share.std().item<double>() > 0.05);  // a single mask is not exactly half set
}

TEST_CASE("masks are the drawn bits, blurred six times with edges repeated, and cut at a half") {
  const auto ones = at::tensor({0.25, 0.5, 0.25}, at::kDouble);
  const auto kernel = at::outer(ones, ones).view({1, 1, 3, 3});
  for (const auto& [height, width] :
       {std::pair<std::int64_t, std::int64_t>{28, 28}, {9, 5}, {2, 7}, {1, 1}, {1, 4}}) {
    INFO(height << " x " << width);
    at::manual_seed(7);
    auto blurred = at::empty({20, height, width}, at::kInt).bernoulli_(0.5).to(at::kDouble);
    at::manual_seed(7);
    const auto masks = ff::draw_masks(20, height, width);
    for (int round = 0; round < 6; ++round) {
      blurred =
          at::conv2d(at::replication_pad2d(blurred.unsqueeze(1), {1, 1, 1, 1}), kernel).squeeze(1);
    }
    CHECK(at::equal(masks, blurred > 0.5));
  }
}

TEST_CASE("edges are as likely to be set as the middle") {
  at::manual_seed(2);
  const auto by_pixel = ff::draw_masks(kMasks, 9, 5).to(at::kDouble).mean(0);
  // Five standard errors of a proportion of 2000 samples.
  CHECK((by_pixel - 0.5).abs().max().item<double>() < 5 * 0.5 / std::sqrt(kMasks));
}

TEST_CASE("a hybrid takes each pixel of every channel from the image that the mask says") {
  at::manual_seed(3);
  constexpr std::int64_t kRows = 4, kChannels = 3, kPlane = 6;
  const auto rows = at::randn({kRows, kChannels * kPlane});
  const auto others = at::randn({kRows, kChannels * kPlane});
  const auto masks = at::rand({kRows, 2, 3}) < 0.5;
  const auto mixed = ff::mixed(rows, others, masks);
  for (std::int64_t r = 0; r < kRows; ++r) {
    for (std::int64_t i = 0; i < kChannels * kPlane; ++i) {
      const bool set = masks.view({kRows, kPlane})[r][i % kPlane].item<bool>();
      CHECK(at::equal(mixed[r][i], (set ? rows : others)[r][i]));
    }
  }
  auto in_place = rows.clone();
  ff::mix_into(in_place.mutable_data_ptr<float>(),
               others.const_data_ptr<float>(),
               masks.const_data_ptr<bool>(),
               kRows,
               kChannels,
               kPlane);
  CHECK(at::equal(in_place, mixed));
}
