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
          "predsim: the share of the similarity loss; the rest is the prediction's.");
    visit("decoder_inputs",
          self.decoder_inputs,
          between(1, 1e6),
          "A convolution's maps are averaged down to at most so many values for the local "
          "classifier.");
  }
};

}  // namespace ff::baselines
