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
        "Peer normalisation: strength of the pull of a unit's mean activation over positives "
        "towards the layer's mean, also where its ReLU is inactive (Hinton's code: 0.03); 0: off.");
    visit("momentum",
          self.momentum,
          half_open(0, 1),
          "Peer normalisation: momentum of the running mean activation; the weight of its old "
          "value.");
  }

  bool on() const { return weight > 0; }
};

}  // namespace ff
