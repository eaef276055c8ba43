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
    visit("learning_rate", self.learning_rate, above(0), "Learning rate of the hidden layers.");
    visit("init_scale",
          self.init_scale,
          above(0),
          "Initial hidden weights are N(0, 1) x init_scale / sqrt(inputs), biases 0.");
    visit("temperature",
          self.temperature,
          above(0),
          "soft-hebb: temperature of the softmax over a layer's units; lower values are closer to "
          "winner-take-all.");
    visit("epochs", self.epochs, between(0, 1e6), "Epochs per hidden layer.");
  }
};

}  // namespace ff::baselines
