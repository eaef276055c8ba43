// Options of the fused engine.
#pragma once

#include <cstdint>
#include <string>

#include "ff/core/fields.h"

namespace ff {

struct FusedOptions {
  std::string background = "auto";
  std::string sparse = "auto";
  std::int64_t cache_mib = 1024;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("background",
          self.background,
          one_of({"auto", "off"}),
          "auto: where most pixels have the same value, the first layer computes with the other "
          "pixels only; off: with all.");
    visit("sparse",
          self.sparse,
          one_of({"auto", "off"}),
          "Sparse activations, for Forward-Forward training on a CPU in float32. auto: a layer "
          "above a ReLU layer skips inactive units where few are active; off: computes with all.");
    visit("cache_mib",
          self.cache_mib,
          between(0, 1e9),
          "Sequential schedule: size in MiB of the cache of the frozen layers' outputs, computed "
          "once per layer; if it is too small, they are recomputed for every batch.");
  }
};

}  // namespace ff
