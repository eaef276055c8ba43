// avg-pool: the mean over square windows.
#pragma once

#include "ff/nn/layer_kind.h"

namespace ff {

/// As nn.AvgPool2d: windows that overlap if the stride is below the kernel; padding counts as
/// pixels of value 0.
LayerKind avg_pool_layer();

}  // namespace ff
