// Config keys of local losses.
#pragma once

#include <cstdint>

#include "ff/core/fields.h"

namespace ff::baselines {

struct LocalLossOptions {
  double beta = 0.99;
  std::int64_t decoder_inputs = 4096;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("beta",
          self.beta,
          between(0, 1),
          "predsim: weight of the similarity loss; the prediction loss has weight 1 - beta.");
    visit("decoder_inputs",
          self.decoder_inputs,
          between(1, 1e6),
          "Convolutions: feature maps are average-pooled to at most this many values for the local "
          "classifier.");
  }
};

}  // namespace ff::baselines
