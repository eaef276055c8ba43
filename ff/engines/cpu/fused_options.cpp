#include "ff/engines/cpu/fused_options.h"

#include <stdexcept>

namespace ff::fused {

std::string choose_engine(const std::string& asked, const std::string& reason) {
  if (asked == "autograd") return asked;
  if (reason.empty()) return "fused";
  if (asked == "auto") return "autograd";
  throw std::invalid_argument("engine: fused cannot do " + reason + "; allowed: autograd, auto");
}

Background background_of(const ImageSet& images, const FusedOptions& options) {
  return options.background == "auto" ? find_background(images) : std::nullopt;
}

}  // namespace ff::fused
