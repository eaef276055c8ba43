#include "ff/nn/layers/conv.h"

#include <ATen/Functions.h>

#include "ff/nn/init.h"
#include "ff/nn/layers/kernel_positions.h"

namespace ff {

ConvLayerImpl::ConvLayerImpl(const LayerOptions& options, const LayerPlace& place)
    : stride(options.stride), padding(options.padding) {
  weight = register_parameter(
      "weight",
      at::empty({options.channels, place.input.channels, options.kernel, options.kernel}));
  bias = register_parameter("bias", at::empty({options.channels}));
  initialize(place.init, weight, bias);
}

at::Tensor ConvLayerImpl::forward(const at::Tensor& x, Pass) const {
  return at::conv2d(x, weight, bias, stride, padding);
}

LayerKind conv_layer() {
  return {.name = "conv",
          .fields =
              {{"channels", &LayerOptions::channels, required(between(1, 1e5)), "Output channels."},
               {"kernel",
                &LayerOptions::kernel,
                required(between(1, 1e3)),
                "Kernel height and width in pixels."},
               {"stride", &LayerOptions::stride, between(1, 1e3), "Stride in pixels."},
               {"padding",
                &LayerOptions::padding,
                between(0, 1e3),
                "Zero padding on each side, in pixels."}},
          .has_weights = true,
          .needs_image = true,
          .output =
              [](const LayerOptions& options, const Shape& input) {
                return Shape{options.channels,
                             kernel_positions(input.height, options, options.stride),
                             kernel_positions(input.width, options, options.stride)};
              },
          .make = [](const LayerOptions& options,
                     const LayerPlace& place) -> std::shared_ptr<LayerImpl> {
            return std::make_shared<ConvLayerImpl>(options, place);
          }};
}

}  // namespace ff
