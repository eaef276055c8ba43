#include "ff/forward_forward/engines/training.h"

namespace ff {

std::vector<std::int64_t> FFParts::head_layers() const {
  if (!head) return {};
  return options.head.layers.of(static_cast<std::int64_t>(network->layers.size()), "head.layers");
}

}  // namespace ff
