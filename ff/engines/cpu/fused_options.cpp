#include "ff/engines/cpu/fused_options.h"

#include "ff/core/option_error.h"

namespace ff::fused {

std::string choose_engine(const std::string& asked, const std::string& reason) {
  if (asked == "autograd") return asked;
  if (reason.empty()) return "fused";
  if (asked == "auto") return "autograd";
  throw OptionError({"engine", "fused cannot do " + reason + "; allowed: autograd, auto"});
}

Background background_of(const DataInfo& info, const FusedOptions& options) {
  if (options.background != "auto") return std::nullopt;
  return info.resident ? find_background(*info.resident) : info.background;
}

}  // namespace ff::fused
