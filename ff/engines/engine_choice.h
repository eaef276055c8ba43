// Which engine trains a network, and why not the fastest: the one answer for every rule.
#pragma once

#include <string>

namespace ff {

struct EngineChoice {
  std::string engine;  // "autograd", "fused" (gradients in closed form), or "mixed" (both)
  std::string reason;  // where auto did not take fused, why: "fused cannot do loss.type symba"
};

/// What `asked` ("autograd", "fused" or "auto") comes to where `obstacle` is what fused cannot do,
/// such as "loss.type symba"; empty: it can do all. Where it cannot, auto takes `instead`. Throws
/// OptionError where fused is asked for and cannot be.
EngineChoice choose_engine(const std::string& asked,
                           const std::string& obstacle,
                           const std::string& instead = "autograd");

}  // namespace ff
