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
          "What forward-gradient perturbs: weights, one perturbation per batch; units, one per "
          "image.");
    visit("layers",
          self.layers,
          one_of({"all", "each"}),
          "all: all layers at once; each: one layer at a time, with one forward pass per layer and "
          "less noise.");
    visit("scale", self.scale, above(0), "Standard deviation of the perturbation.");
    visit("central",
          self.central,
          any(),
          "true: central differences, with two forward passes and a smaller error; false: "
          "one-sided differences.");
    visit("exact_output",
          self.exact_output,
          any(),
          "true: the last layer is trained on the exact error at the output.");
  }
};

}  // namespace ff::baselines
