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
          "auto: where most pixels are of one value, the first layer computes with the others "
          "alone; off: with all.");
    visit("sparse",
          self.sparse,
          one_of({"auto", "off"}),
          "Forward-Forward's training on a CPU in float32: auto: a layer above another with ReLU "
          "computes with the units that answered alone, where few did; off: with all.");
    visit("cache_mib",
          self.cache_mib,
          between(0, 1e9),
          "Sequential schedule: memory for what the frozen layers give, computed once per layer; "
          "where it does not suffice, they are computed for every batch.");
  }
};

}  // namespace ff
