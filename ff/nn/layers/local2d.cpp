#include "ff/nn/layers/local2d.h"

#include <ATen/Functions.h>

#include "ff/nn/init.h"
#include "ff/nn/layers/kernel_positions.h"
#include "ff/nn/layers/local_product.h"

namespace ff {
namespace {

Shape local2d_grid(const LayerOptions& options, const Shape& input) {
  return {options.channels,
          kernel_positions(input.height, options, options.stride),
          kernel_positions(input.width, options, options.stride)};
}

}  // namespace

Local2dImpl::Local2dImpl(const LayerOptions& options, const LayerPlace& place)
    : channels(options.channels),
      kernel(options.kernel),
      stride(options.stride),
      padding(options.padding) {
  const auto units = local2d_grid(options, place.input).features();
  weight = register_parameter("weight", at::empty({units, kernel, kernel, place.input.channels}));
  bias = register_parameter("bias", at::empty({units}));
  initialize(place.init, weight, bias);
}

at::Tensor Local2dImpl::forward(const at::Tensor& x, Pass) const {
  const auto p = padding;
  const auto padded = p > 0 ? at::constant_pad_nd(x, {p, p, p, p}) : x;
  const LocalWindows windows{.samples = padded.size(0),
                             .channels = padded.size(1),
                             .height = padded.size(2),
                             .width = padded.size(3),
                             .kernel = kernel,
                             .stride = stride,
                             .out = channels};
  return apply_local_product(local_product(windows, padded), windows, padded, weight, bias);
}

LayerKind local2d_layer() {
  return {.name = "local2d",
          .fields = {{"channels",
                      &LayerOptions::channels,
                      required(between(1, 1e5)),
                      "Units at each position."},
                     {"kernel",
                      &LayerOptions::kernel,
                      required(between(1, 1e3)),
                      "Height and width in pixels of a unit's receptive field."},
                     {"stride",
                      &LayerOptions::stride,
                      between(1, 1e3),
                      "Pixels between the receptive fields of neighbouring positions."},
                     {"padding",
                      &LayerOptions::padding,
                      between(0, 1e3),
                      "Zero padding on each side, in pixels: truncates the receptive fields at the "
                      "edges."}},
          .has_weights = true,
          .needs_image = true,
          .output = local2d_grid,
          .make = [](const LayerOptions& options,
                     const LayerPlace& place) -> std::shared_ptr<LayerImpl> {
            return std::make_shared<Local2dImpl>(options, place);
          }};
}

}  // namespace ff
