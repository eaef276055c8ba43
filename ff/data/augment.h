// Data augmentation: random shifts and horizontal flips of training images, drawn per batch.
#pragma once

#include <cstdint>
#include <optional>

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include "ff/data/augment_options.h"

namespace ff {

/// Augmentation of each image of a batch; an undefined tensor means none of that kind.
struct Moves {
  at::Tensor offsets;  // int64 (B, 2), CPU: input (row, column) that moves to output (0, 0)
  at::Tensor flips;    // bool (B), CPU: mirror left to right

  bool any() const { return offsets.defined() || flips.defined(); }
};

/// Draws shifts, uniform over all (2 * shift + 1)^2 of them, then flips, for `count` images, from
/// `generator` or else the default CPU generator. Draws only what `options` enable.
Moves draw_moves(const AugmentOptions& options,
                 std::int64_t count,
                 const std::optional<at::Generator>& generator = std::nullopt);

/// Returns images (B, C, H, W), uint8 or float32, first flipped, then shifted. Pixels shifted in
/// are 0, or for float images `black`, float32 (C) on the images' device. Throws c10::Error if
/// `moves` are for another number of images.
at::Tensor moved(const at::Tensor& images, const Moves& moves, const at::Tensor& black = {});

/// Throws OptionError (a std::invalid_argument) if a shift could move the whole image out of view.
void check_augment(const AugmentOptions& options, std::int64_t height, std::int64_t width);

}  // namespace ff
