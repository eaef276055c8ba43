// Random moves of training images: shifts and mirror images, drawn anew for every batch.
#pragma once

#include <cstdint>
#include <optional>

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include "ff/data/augment_options.h"

namespace ff {

/// How each image of a batch is moved. Undefined tensors: not at all.
struct Moves {
  at::Tensor offsets;  // int64 (B, 2) on the CPU: the row and the column that come to (0, 0)
  at::Tensor flips;    // bool (B) on the CPU

  bool any() const { return offsets.defined() || flips.defined(); }
};

/// Moves for `count` images, from `generator` or else the default CPU generator: (2 shift + 1)^2
/// shifts, each as likely, then mirror images. Draws only what `options` asks for.
Moves draw_moves(const AugmentOptions& options,
                 std::int64_t count,
                 const std::optional<at::Generator>& generator = std::nullopt);

/// images (B, C, H, W), uint8 or float32 -> the same moved; first mirrored, then shifted. Zeros
/// come in, or `black`, float32 (C) on the images' device, into float images.
at::Tensor moved(const at::Tensor& images, const Moves& moves, const at::Tensor& black = {});

/// Throws std::invalid_argument where a shift could leave nothing of an image.
void check_augment(const AugmentOptions& options, std::int64_t height, std::int64_t width);

}  // namespace ff
