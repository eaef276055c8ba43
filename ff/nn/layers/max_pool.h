// max-pool: the largest value of each square of kernel x kernel pixels.
#pragma once

#include "ff/nn/layer_kind.h"

namespace ff {

LayerKind max_pool_layer();

}  // namespace ff
