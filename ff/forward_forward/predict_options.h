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
        "goodness: every label is tried, and the layers' goodness decides; head: one pass without "
        "a label. What else there is, is reported beside it.");
    visit("layers",
          self.layers,
          one_of({"all", "validation"}),
          "Layers whose goodness is averaged: all, {\"first\": k}, {\"from\": k} for layer k and "
          "those above, a list of layers from 0, or validation: the range of layers that is right "
          "most often on the validation images.");
  }
};

}  // namespace ff
