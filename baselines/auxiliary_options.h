// Config keys of the auxiliary networks of greedy layer-wise learning.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "ff/core/fields.h"

namespace ff::baselines {

/// Options of each block's auxiliary classifier (see local_prediction.h).
struct AuxiliaryOptions {
  std::int64_t hidden_layers = 1;
  std::optional<std::int64_t> width;
  std::string batch_norm = "none";

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("hidden_layers",
          self.hidden_layers,
          between(0, 10),
          "Hidden layers, with relu, of each block's auxiliary classifier; 0: it is linear.");
    visit("width",
          self.width,
          between(1, 1e6),
          "Units of each of them; null: as many as the classifier has inputs.");
    visit("batch_norm",
          self.batch_norm,
          one_of({"none", "affine", "plain"}),
          "Batch normalisation in front of their non-linearities, as model.batch_norm.");
  }
};

}  // namespace ff::baselines
