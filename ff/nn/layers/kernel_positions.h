// Output size of convolution and pooling.
#pragma once

#include <cstdint>

#include "ff/nn/layer_options.h"

namespace ff {

/// Returns the number of kernel positions along an axis of `size` pixels, padded by `layer.padding`
/// at both ends: floor((size + 2 * padding - kernel) / stride) + 1. Throws std::invalid_argument if
/// the kernel is larger than the padded axis.
std::int64_t kernel_positions(std::int64_t size, const LayerOptions& layer, std::int64_t stride);

}  // namespace ff
