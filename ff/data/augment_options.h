// Options of data augmentation.
#pragma once

#include <cstdint>

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

}  // namespace ff
