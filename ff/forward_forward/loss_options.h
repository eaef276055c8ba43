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
          "Loss of a layer on z, a row's distance past the threshold on the wrong side: softplus "
          "log(1 + exp(z)), or relu max(z, 0); symba, softplus of how much more goodness a pair's "
          "negative has than its positive, without a threshold.");
    visit("direction",
          self.direction,
          one_of(directions()),
          "max-ssq: positive data get much goodness and the largest wins; min-ssq: little, and "
          "the smallest wins.");
    visit("temperature",
          self.temperature,
          above(0),
          "What z is divided by (Hinton's code: 1); SymBa's alpha is one over it (SymBa: 0.25).");
  }
  static std::vector<std::string> names();
  static std::vector<std::string> directions();
};

}  // namespace ff
