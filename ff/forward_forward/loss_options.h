// Options of the loss of Forward-Forward layers.
#pragma once

#include <string>
#include <vector>

#include "ff/core/fields.h"

namespace ff {

struct LossOptions {
  std::string type = "softplus";
  std::string direction = "max-ssq";
  double temperature = 1;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("type",
          self.type,
          one_of(names()),
          "Loss of a layer on z, by how much a sample's goodness is on the wrong side of the "
          "threshold: softplus, log(1 + exp(z)); relu, max(z, 0); symba, softplus of the goodness "
          "of the negative minus that of its paired positive, without a threshold.");
    visit("direction",
          self.direction,
          one_of(directions()),
          "max-ssq: maximise the goodness of positives and predict the label with the largest; "
          "min-ssq: minimise it and predict the label with the smallest.");
    visit("temperature",
          self.temperature,
          above(0),
          "Divisor of z (Hinton's code: 1); the inverse of SymBa's alpha (SymBa: 0.25).");
  }
  static std::vector<std::string> names();
  static std::vector<std::string> directions();
};

}  // namespace ff
