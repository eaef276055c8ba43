#include "ff/data/augment.h"

#include <algorithm>
#include <string>

#include <ATen/Functions.h>
#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <c10/util/Exception.h>

#include "ff/core/option_error.h"
#include "ff/core/profile.h"

namespace ff {
namespace {

// Moves one plane: to(y, x) = from(y + dy, x + dx), or `black` outside; flipped first if `flip`.
template <class Pixel>
void move_plane(const Pixel* from,
                Pixel* to,
                Pixel black,
                std::int64_t height,
                std::int64_t width,
                std::int64_t dy,
                std::int64_t dx,
                bool flip) {
  std::fill_n(to, height * width, black);
  const auto first_y = std::max<std::int64_t>(0, -dy), end_y = std::min(height, height - dy);
  const auto first_x = std::max<std::int64_t>(0, -dx), end_x = std::min(width, width - dx);
  if (first_x >= end_x) return;
  for (auto y = first_y; y < end_y; ++y) {
    const auto* row = from + (y + dy) * width;
    auto* out = to + y * width;
    if (!flip) {
      std::copy(row + first_x + dx, row + end_x + dx, out + first_x);
    } else {
      for (auto x = first_x; x < end_x; ++x) out[x] = row[width - 1 - (x + dx)];
    }
  }
}

// GPU version: one gather per axis; `black` fills the pixels shifted in.
at::Tensor moved_by_index(const at::Tensor& images, const Moves& moves, const at::Tensor& black) {
  const auto device = images.device();
  const auto outside = black.defined() ? black.to(images.scalar_type()).view({1, -1, 1, 1})
                                       : at::zeros({1, 1, 1, 1}, images.options());
  auto result = images;
  if (moves.flips.defined()) {
    const auto flips = moves.flips.to(device).view({-1, 1, 1, 1});
    result = at::where(flips, result.flip({3}), result);
  }
  if (!moves.offsets.defined()) return result;
  for (const std::int64_t axis : {2, 3}) {
    const auto size = images.size(axis);
    auto from = moves.offsets.select(1, axis - 2).to(device).unsqueeze(1) +
                at::arange(size, at::TensorOptions(device).dtype(at::kLong));  // (B, size)
    std::vector<std::int64_t> shape = {images.size(0), 1, 1, 1};
    shape[axis] = size;
    const auto inside = ((from >= 0) & (from < size)).view(shape);
    const auto index = from.clamp(0, size - 1).view(shape).expand(images.sizes());
    result = at::where(inside, result.gather(axis, index), outside);
  }
  return result;
}

template <class Pixel>
at::Tensor moved_planes(const at::Tensor& source, const Moves& moves, const at::Tensor& black) {
  const auto count = source.size(0), channels = source.size(1);
  auto result = at::empty_like(source);
  const auto* from = source.const_data_ptr<Pixel>();
  auto* to = result.mutable_data_ptr<Pixel>();
  const auto height = source.size(2), width = source.size(3);
  const auto fill = black.defined() ? black.to(source.scalar_type()).contiguous()
                                    : at::zeros({channels}, source.options());
  const auto* outside = fill.const_data_ptr<Pixel>();
  const auto* offset =
      moves.offsets.defined() ? moves.offsets.const_data_ptr<std::int64_t>() : nullptr;
  const auto* flip = moves.flips.defined() ? moves.flips.const_data_ptr<bool>() : nullptr;
  at::parallel_for(0, count * channels, /*grain_size=*/64, [&](auto begin, auto end) {
    for (auto p = begin; p < end; ++p) {
      const auto image = p / channels;
      move_plane(from + p * height * width,
                 to + p * height * width,
                 outside[p % channels],
                 height,
                 width,
                 offset ? offset[2 * image] : 0,
                 offset ? offset[2 * image + 1] : 0,
                 flip && flip[image]);
    }
  });
  return result;
}

}  // namespace

Moves draw_moves(const AugmentOptions& options,
                 std::int64_t count,
                 const std::optional<at::Generator>& generator) {
  Moves moves;
  if (!options.on()) return moves;
  const ProfileScope timed("draw moves");
  if (options.shift > 0) {
    moves.offsets =
        at::randint(-options.shift, options.shift + 1, {count, 2}, generator, at::kLong);
  }
  if (options.flip) moves.flips = at::randint(0, 2, {count}, generator, at::kLong).to(at::kBool);
  return moves;
}

at::Tensor moved(const at::Tensor& images, const Moves& moves, const at::Tensor& black) {
  if (!moves.any()) return images;
  const auto count = images.size(0);
  TORCH_CHECK((!moves.offsets.defined() || moves.offsets.size(0) == count) &&
                  (!moves.flips.defined() || moves.flips.size(0) == count),
              "moved: expected moves of ",
              count,
              " images");
  if (!images.is_cpu()) return moved_by_index(images, moves, black);
  const auto source = images.contiguous();
  return images.is_floating_point() ? moved_planes<float>(source, moves, black)
                                    : moved_planes<std::uint8_t>(source, moves, black);
}

void check_augment(const AugmentOptions& options, std::int64_t height, std::int64_t width) {
  if (options.shift < std::min(height, width)) return;
  throw OptionError({"augment.shift",
                     std::to_string(options.shift) + " pixels can shift out all of an image of " +
                         std::to_string(height) + " x " + std::to_string(width) +
                         "; allowed: 0 to " + std::to_string(std::min(height, width) - 1)});
}

}  // namespace ff
