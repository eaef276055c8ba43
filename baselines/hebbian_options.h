// Config keys of Hebbian learning.
#pragma once

#include <cstdint>

#include "ff/core/fields.h"

namespace ff::baselines {

struct HebbianOptions {
  double learning_rate = 0.05;
  double init_scale = 25;
  double temperature = 0.05;
  std::int64_t epochs = 1;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("learning_rate", self.learning_rate, above(0), "Step size of the hidden layers.");
    visit("init_scale",
          self.init_scale,
          above(0),
          "Hidden weights begin as N(0, 1) times this over the square root of their inputs, their "
          "biases at 0.");
    visit(
        "temperature",
        self.temperature,
        above(0),
        "soft-hebb: units compete by a softmax of their inputs over this; the lower, the more the "
        "winner takes.");
    visit("epochs", self.epochs, between(0, 1e6), "Epochs of each hidden layer.");
  }
};

}  // namespace ff::baselines
