// Windows of the pooling layers: their options, and the shape of the output.
#pragma once

#include <cstdint>
#include <vector>

#include "ff/nn/layer_options.h"
#include "ff/nn/shape.h"

namespace ff {

/// Square windows of `kernel` pixels, `stride` pixels apart, over an image padded by `padding`
/// pixels on each side.
struct PoolingWindow {
  explicit PoolingWindow(const LayerOptions& options);

  std::int64_t kernel, stride, padding;
};

/// Returns the options of a pooling layer: kernel, stride and padding. `padding_help` says what the
/// padding holds.
std::vector<LayerField> pooling_fields(const char* padding_help);

/// Returns the shape of the pooled image, as kernel_positions. Throws std::invalid_argument if the
/// window does not fit the image, or if it could lie on padding only.
Shape pooled_shape(const LayerOptions& options, const Shape& input);

}  // namespace ff
