// Options of the goodness threshold.
#pragma once

#include "ff/core/fields.h"

namespace ff {

struct ThresholdOptions {
  NumberOrWord initial = 5.0;
  bool learned = true;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("initial",
          self.initial,
          one_of({"width"}),
          "Goodness that separates positives from negatives: a number, or width, the number of "
          "units of the layer.");
    visit("learned", self.learned, any(), "Whether the layer's optimizer updates the threshold.");
  }
};

}  // namespace ff
