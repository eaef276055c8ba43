// max-pool: the maximum over windows of kernel x kernel pixels, with stride kernel.
#pragma once

#include "ff/nn/layer_kind.h"

namespace ff {

LayerKind max_pool_layer();

}  // namespace ff
