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
          "Hidden layers, with relu, of each network that predicts a gradient; 0: it is linear.");
    visit("width",
          self.width,
          between(1, 1e6),
          "Units of each of them; null: as many as the layer whose gradient it predicts.");
  }
};

}  // namespace ff::baselines
