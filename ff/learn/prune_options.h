// Options of pruning.
#pragma once

#include <string>
#include <vector>

#include "ff/core/fields.h"

namespace ff {

struct PruneOptions {
  std::vector<double> ratios;
  std::string scope = "layer";

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("ratios",
          self.ratios,
          between(0, 1),
          "Fractions of the weights set to zero after training; each is applied to the unpruned "
          "network and evaluated separately.");
    visit("scope",
          self.scope,
          one_of({"layer", "network"}),
          "layer: the fraction of each layer; network: of all weights together.");
  }
};

}  // namespace ff
