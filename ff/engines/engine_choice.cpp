#include "ff/engines/engine_choice.h"

#include "ff/core/option_error.h"

namespace ff {

EngineChoice choose_engine(const std::string& requested,
                           const std::string& obstacle,
                           const std::string& instead) {
  if (requested == "autograd") return {requested, ""};
  if (obstacle.empty()) return {"fused", ""};
  const auto reason = "fused does not support " + obstacle;
  if (requested == "auto") return {instead, reason};
  throw OptionError({"engine", reason + "; allowed: autograd, auto"});
}

}  // namespace ff
