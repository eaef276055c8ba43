// Pruning by magnitude after training.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "ff/core/fields.h"

namespace ff {

struct PruneOptions {
  std::vector<double> ratios;
  std::string scope = "layer";

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("ratios",
          self.ratios,
          between(0, 1),
          "Shares of the weights set to zero after training; each is evaluated from the whole "
          "network and gets a row.");
    visit("scope",
          self.scope,
          one_of({"layer", "network"}),
          "layer: the share of each layer; network: of all weights together.");
  }
};

/// floor(ratio * n), where a ratio such as 0.29 means the decimal, not the double just below it.
std::int64_t prune_count(double ratio, std::int64_t n);

/// Sets exactly prune_count(ratio, n) weights of the smallest magnitude to zero, in place; among
/// equal ones the lowest index first. "layer": of each tensor; "network": of all together.
void prune_(const std::vector<at::Tensor>& weights, double ratio, const std::string& scope);

}  // namespace ff
