// Options of the input normalisation.
#pragma once

#include <string>
#include <vector>

#include "ff/core/fields.h"

namespace ff {

struct NormalizeOptions {
  std::string type = "l2";
  double epsilon = 1e-4;
  bool input = true;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("type",
          self.type,
          one_of(types()),
          "Normalisation of each layer's input rows: l2 to length 1, rms to mean square 1, none.");
    visit("epsilon", self.epsilon, at_least(0), "Added to the norm before division.");
    visit("input", self.input, any(), "Whether the first layer also normalises its input pixels.");
  }
  static std::vector<std::string> types();
};

}  // namespace ff
