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
          "Goodness between positive and negative: a number, or width, the layer's units.");
    visit("learned", self.learned, any(), "Whether the layer's optimizer moves it.");
  }
};

}  // namespace ff
