#include "ff/hybrid.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>
#include <c10/util/Exception.h>

#include "ff/profile.h"

namespace ff {
namespace {

// [1/4, 1/2, 1/4] along an axis of (N, H, W); beyond the edge stands the edge again.
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
  constexpr int kRounds = 6;
  const auto bits = at::empty({count, height, width}, at::kInt).bernoulli_(0.5);
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
