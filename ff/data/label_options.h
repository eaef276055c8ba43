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
          "The label's pixel, in normalised units: max is the largest value in the training set.");
    visit("neutral",
          self.neutral,
          any(),
          "Every label pixel of a row that carries no label, which the head sees, in normalised "
          "units.");
  }
};

}  // namespace ff
