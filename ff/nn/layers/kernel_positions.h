// Where a kernel fits on an image.
#pragma once

#include <cstdint>

#include "ff/nn/layer_options.h"

namespace ff {

/// Positions along an axis of `size` pixels that a kernel of `layer` has, `padding` at both ends.
/// Throws std::invalid_argument when the kernel is larger than that.
std::int64_t kernel_positions(std::int64_t size, const LayerOptions& layer, std::int64_t stride);

}  // namespace ff
