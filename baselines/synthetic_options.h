// Config keys of synthetic gradients.
#pragma once

#include <cstdint>
#include <optional>

#include "ff/core/fields.h"

namespace ff::baselines {

struct SyntheticOptions {
  std::int64_t hidden_layers = 0;
  std::optional<std::int64_t> width;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("hidden_layers",
          self.hidden_layers,
          between(0, 10),
          "Hidden ReLU layers of each gradient predictor; 0: linear predictor.");
    visit("width",
          self.width,
          between(1, 1e6),
          "Units per hidden layer; null: the width of the layer whose gradient is predicted.");
  }
};

}  // namespace ff::baselines
