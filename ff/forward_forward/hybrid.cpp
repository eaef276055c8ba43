#include "ff/forward_forward/hybrid.h"

#include <algorithm>
#include <vector>

#include <ATen/Functions.h>
#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <c10/util/Exception.h>

#include "ff/core/profile.h"

namespace ff {
namespace {

constexpr int kRounds = 6;

// to = above + 2 * here + below, for rows of `width` pixels.
void add_rows(const std::int32_t* above,
              const std::int32_t* here,
              const std::int32_t* below,
              std::int64_t width,
              std::int32_t* to) {
  for (std::int64_t x = 0; x < width; ++x) to[x] = above[x] + 2 * here[x] + below[x];
}

// All rounds of the blur of one plane, scaled by 2^24. Integers are exact and several times faster
// on a CPU. `work` has the size of the plane.
void blur_plane(std::int32_t* plane, std::int32_t* work, std::int64_t height, std::int64_t width) {
  for (int round = 0; round < kRounds; ++round) {
    for (std::int64_t y = 0; y < height; ++y) {
      const auto* here = plane + y * width;
      add_rows(y > 0 ? here - width : here,
               here,
               y + 1 < height ? here + width : here,
               width,
               work + y * width);
    }
    for (std::int64_t y = 0; y < height; ++y) {
      const auto* from = work + y * width;
      auto* to = plane + y * width;
      const auto last = width - 1;
      add_rows(from, from + 1, from + 2, width - 2, to + 1);
      to[0] = 3 * from[0] + from[std::min<std::int64_t>(1, last)];
      to[last] = from[std::max<std::int64_t>(last - 1, 0)] + 3 * from[last];
    }
  }
}

at::Tensor blurred_on_cpu(const at::Tensor& bits) {
  constexpr std::int32_t kHalf = 1 << (4 * kRounds - 1);
  const auto height = bits.size(1), width = bits.size(2), plane = height * width;
  auto masks = at::empty(bits.sizes(), at::kBool);
  const auto* from = bits.const_data_ptr<std::int32_t>();
  auto* to = masks.mutable_data_ptr<bool>();
  at::parallel_for(0, bits.size(0), /*grain_size=*/16, [&](std::int64_t begin, std::int64_t end) {
    std::vector<std::int32_t> sums(plane), work(plane);
    for (auto i = begin; i < end; ++i) {
      std::copy_n(from + i * plane, plane, sums.begin());
      blur_plane(sums.data(), work.data(), height, width);
      for (std::int64_t p = 0; p < plane; ++p) to[i * plane + p] = sums[p] > kHalf;
    }
  });
  return masks;
}

// Convolves (N, H, W) with [1/4, 1/2, 1/4] along an axis, replicating the edge.
at::Tensor blurred(const at::Tensor& x, std::int64_t axis) {
  const auto size = x.size(axis);
  if (size == 1) return x;
  const auto before = at::cat({x.narrow(axis, 0, 1), x.narrow(axis, 0, size - 1)}, axis);
  const auto after = at::cat({x.narrow(axis, 1, size - 1), x.narrow(axis, size - 1, 1)}, axis);
  return before.add_(after).mul_(0.25).add_(x, /*alpha=*/0.5);
}

}  // namespace

at::Tensor draw_masks(std::int64_t count,
                      std::int64_t height,
                      std::int64_t width,
                      at::Device device) {
  const ProfileScope timed("draw masks");
  const auto bits = at::empty({count, height, width}, at::kInt).bernoulli_(0.5);
  if (device.is_cpu()) return blurred_on_cpu(bits);
  auto mask = bits.to(at::kByte).to(device).to(at::kFloat);
  for (int round = 0; round < kRounds; ++round) mask = blurred(blurred(mask, 1), 2);
  return mask > 0.5;
}

at::Tensor mixed(const at::Tensor& rows, const at::Tensor& others, const at::Tensor& masks) {
  TORCH_CHECK(masks.dim() == 3 && rows.dim() == 2 && rows.sizes() == others.sizes() &&
                  masks.size(0) == rows.size(0) &&
                  rows.size(1) % (masks.size(1) * masks.size(2)) == 0,
              "mixed: masks ",
              masks.sizes(),
              " for rows ",
              rows.sizes(),
              " and ",
              others.sizes());
  const auto plane = masks.size(1) * masks.size(2);
  const auto whole = masks.flatten(1).to(rows.device()).repeat({1, rows.size(1) / plane});
  return at::where(whole, rows, others);
}

void mix_into(float* rows,
              const float* others,
              const bool* masks,
              std::int64_t count,
              std::int64_t channels,
              std::int64_t plane) {
  for (std::int64_t p = 0; p < count * channels; ++p) {
    const auto* mask = masks + p / channels * plane;
    auto* to = rows + p * plane;
    const auto* from = others + p * plane;
    for (std::int64_t i = 0; i < plane; ++i) to[i] = mask[i] ? to[i] : from[i];
  }
}

}  // namespace ff
