// Options of prediction.
#pragma once

#include <string>

#include "ff/core/fields.h"
#include "ff/nn/layer_choice.h"

namespace ff {

struct PredictOptions {
  std::string by = "goodness";
  LayerChoice layers;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit(
        "by",
        self.by,
        one_of({"goodness", "head"}),
        "goodness: every label is tried (label sweep) and the layers' goodness compared; head: one "
        "pass without a label. The accuracy of the other method, if available, is also reported.");
    visit("layers",
          self.layers,
          one_of({"all", "validation"}),
          "Layers over which goodness is averaged: all, {\"first\": k}, {\"from\": k} for layer k "
          "and those above, a list of layers from 0, or validation: the range of layers with the "
          "highest accuracy on the validation images.");
  }
};

}  // namespace ff
