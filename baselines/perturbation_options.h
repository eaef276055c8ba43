// Config keys of perturbation rules.
#pragma once

#include <string>

#include "ff/core/fields.h"

namespace ff::baselines {

struct PerturbationOptions {
  std::string of = "weights";
  std::string layers = "all";
  double scale = 1e-3;
  bool central = false;
  bool exact_output = false;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("of",
          self.of,
          one_of({"weights", "units"}),
          "What forward-gradient changes: weights, one change for a batch; units, one for each "
          "image.");
    visit(
        "layers",
        self.layers,
        one_of({"all", "each"}),
        "all: every layer at once; each: one layer after the other, with a forward pass for each, "
        "and less noise.");
    visit("scale", self.scale, above(0), "Standard deviation of the change whose effect is taken.");
    visit("central",
          self.central,
          any(),
          "Whether the effect is taken between a change and its opposite, not from none: two "
          "passes, and a smaller error.");
    visit("exact_output",
          self.exact_output,
          any(),
          "Whether the last layer learns from the error at the output itself.");
  }
};

}  // namespace ff::baselines
