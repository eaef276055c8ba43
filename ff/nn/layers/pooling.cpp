#include "ff/nn/layers/pooling.h"

#include <stdexcept>

#include "ff/nn/layers/kernel_positions.h"

namespace ff {

PoolingWindow::PoolingWindow(const LayerOptions& options)
    : kernel(options.kernel),
      stride(options.get<std::int64_t>("stride")),
      padding(options.padding) {
  if (stride == 0) stride = kernel;
}

std::vector<LayerField> pooling_fields(const char* padding_help) {
  return {{"kernel",
           &LayerOptions::kernel,
           required(between(1, 1e3)),
           "Window height and width in pixels."},
          {"stride",
           0,
           between(0, 1e3),
           "Stride in pixels; 0: kernel, so that windows do not overlap."},
          {"padding", &LayerOptions::padding, between(0, 1e3), padding_help}};
}

Shape pooled_shape(const LayerOptions& options, const Shape& input) {
  const PoolingWindow window(options);
  if (window.padding > window.kernel / 2) {
    throw std::invalid_argument("padding " + std::to_string(window.padding) +
                                " is more than half of kernel " + std::to_string(window.kernel) +
                                "; allowed: 0 to " + std::to_string(window.kernel / 2));
  }
  return {input.channels,
          kernel_positions(input.height, options, window.stride),
          kernel_positions(input.width, options, window.stride)};
}

}  // namespace ff
