// Random moves of training images: shifts and mirror images, drawn anew for every batch.
#pragma once

#include <cstdint>
#include <optional>

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include "ff/core/fields.h"

namespace ff {

struct AugmentOptions {
  std::int64_t shift = 0;
  bool flip = false;
  bool test = false;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit(
        "shift",
        self.shift,
        between(0, 1e4),
        "Training images are moved by up to so many pixels each way, each of the moves as likely; "
        "black pixels come in. A label is written after the move.");
    visit("flip", self.flip, any(), "Half of the training images are mirrored left to right.");
    visit(
        "test",
        self.test,
        any(),
        "Test images are moved in the same way, each once for all, as in the original's notebooks "
        "with convolutions: accuracies to compare with theirs alone.");
  }

  bool on() const { return shift > 0 || flip; }
};

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
