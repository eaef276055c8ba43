// Options of the label embedded in the pixels.
#pragma once

#include <string>

#include "ff/core/fields.h"

namespace ff {

struct LabelOptions {
  std::string embedding = "pixels";
  NumberOrWord value = "max";
  double neutral = 0.1;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("embedding",
          self.embedding,
          one_of({"pixels"}),
          "pixels: the first pixels of channel 0, row by row, one per class.");
    visit("value",
          self.value,
          one_of({"max"}),
          "Value of the label pixel, in normalised units; max: the largest value in the training "
          "set.");
    visit("neutral",
          self.neutral,
          any(),
          "Value of all label pixels of an image without a label, the input of the head, in "
          "normalised units.");
  }
};

}  // namespace ff
