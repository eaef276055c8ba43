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
          "Hidden ReLU layers of each block's auxiliary classifier; 0: linear classifier.");
    visit("width",
          self.width,
          between(1, 1e6),
          "Units per hidden layer; null: the number of inputs of the classifier.");
    visit("batch_norm",
          self.batch_norm,
          one_of({"none", "affine", "plain"}),
          "Batch normalisation before the non-linearities of the classifier, as model.batch_norm.");
  }
};

}  // namespace ff::baselines
