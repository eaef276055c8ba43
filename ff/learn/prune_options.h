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
          "Shares of the weights set to zero after training; each is evaluated from the whole "
          "network and gets a row.");
    visit("scope",
          self.scope,
          one_of({"layer", "network"}),
          "layer: the share of each layer; network: of all weights together.");
  }
};

}  // namespace ff
