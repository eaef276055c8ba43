// max-pool: the maximum over square windows.
#pragma once

#include "ff/nn/layer_kind.h"

namespace ff {

/// As nn.MaxPool2d: windows that overlap if the stride is below the kernel; padding is never the
/// maximum.
LayerKind max_pool_layer();

}  // namespace ff
