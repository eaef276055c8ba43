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
    visit("shift",
          self.shift,
          between(0, 1e4),
          "Training images are shifted by up to this many pixels in each direction, uniformly at "
          "random, and padded with black. Labels are written after the shift.");
    visit("flip", self.flip, any(), "Flip each training image horizontally with probability 1/2.");
    visit("test",
          self.test,
          any(),
          "Test images are augmented in the same way, once for the whole run, as in the original's "
          "notebooks with convolutions; use only for comparison with those.");
  }

  bool on() const { return shift > 0 || flip; }
};

}  // namespace ff
