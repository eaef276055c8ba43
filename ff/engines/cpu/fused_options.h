// What a config can say to the fused engine, and when that engine runs.
#pragma once

#include <string>

#include "ff/core/fields.h"
#include "ff/data/data_info.h"
#include "ff/engines/cpu/background.h"

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

namespace fused {

/// "autograd" or "fused" from what was asked for ("auto" too) and the reason against fused, if
/// there is one. Throws OptionError where fused is asked for and cannot be.
std::string choose_engine(const std::string& asked, const std::string& reason);

/// The background of the training data, as far as it is known, unless the options say to do
/// without.
Background background_of(const DataInfo& info, const FusedOptions& options);

}  // namespace fused
}  // namespace ff
