// Options of peer normalisation.
#pragma once

#include "ff/core/fields.h"

namespace ff {

struct PeerOptions {
  double weight = 0;
  double momentum = 0.9;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit(
        "weight",
        self.weight,
        at_least(0),
        "Peer normalisation: how strongly a unit's mean activation over positives is drawn to its "
        "layer's, also where a ReLU is off (Hinton's code: 0.03); 0: not at all.");
    visit("momentum",
          self.momentum,
          from_below(0, 1),
          "Peer normalisation: share of the running mean activation that a batch keeps.");
  }

  bool on() const { return weight > 0; }
};

}  // namespace ff
