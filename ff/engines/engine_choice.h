// Selection of the engine, common to all learning rules.
#pragma once

#include <string>

namespace ff {

struct EngineChoice {
  std::string engine;  // "autograd", "fused" (gradients in closed form), or "mixed" (both)
  std::string reason;  // why auto did not select fused, e.g. "fused cannot do loss.type symba"
};

/// Resolves `requested` ("autograd", "fused" or "auto"). `obstacle` is the option that fused does
/// not support, such as "loss.type symba", or empty; if it is not empty, auto selects `instead`.
/// Throws OptionError if fused is requested but not supported.
EngineChoice choose_engine(const std::string& requested,
                           const std::string& obstacle,
                           const std::string& instead = "autograd");

}  // namespace ff
