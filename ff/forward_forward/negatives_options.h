// Options of negative samples.
#pragma once

#include <string>

#include "ff/core/fields.h"

namespace ff {

struct NegativesOptions {
  std::string type = "random-label";
  std::string redraw = "never";
  std::string pairing = "independent";

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("type",
          self.type,
          one_of({"random-label", "hard-label", "hybrid"}),
          "random-label: the image with a wrong label, uniformly at random; hard-label: with a "
          "wrong label drawn from the head's prediction for the image without a label; hybrid: no "
          "labels, two images mixed by a mask of large regions, for unsupervised learning.");
    visit("redraw",
          self.redraw,
          one_of({"never", "epoch", "batch"}),
          "When random labels are drawn: once before training, for every epoch, or for every batch "
          "(required for streams).");
    visit("pairing",
          self.pairing,
          one_of({"independent", "paired"}),
          "independent: positives and negatives are shuffled independently, as in the original; "
          "paired: the negatives of a batch use the images of its positives.");
  }
};

}  // namespace ff
