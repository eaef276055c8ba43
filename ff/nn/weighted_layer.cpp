#include "ff/nn/weighted_layer.h"

#include <stdexcept>

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include "ff/nn/init.h"

namespace ff {

std::int64_t kernel_positions(std::int64_t size, const LayerOptions& layer, std::int64_t stride) {
  const auto padded = size + 2 * layer.padding;
  if (layer.kernel > padded) {
    throw std::invalid_argument("kernel " + std::to_string(layer.kernel) +
                                " is larger than the image it meets, " + std::to_string(padded) +
                                " pixels" + (layer.padding ? " with the padding" : ""));
  }
  return (padded - layer.kernel) / stride + 1;
}

WeightedLayerImpl::WeightedLayerImpl(const LayerOptions& options,
                                     const Shape& input,
                                     const std::string& init,
                                     const std::string& linear)
    : stride(options.stride), padding(options.padding), adds_bias_apart(linear == "mm") {
  if (options.type == "conv") {
    output = {options.channels,
              kernel_positions(input.height, options, stride),
              kernel_positions(input.width, options, stride)};
    weight = at::empty({options.channels, input.channels, options.kernel, options.kernel});
  } else {
    output = {options.width, 1, 1};
    weight = at::empty({options.width, input.features()});
  }
  weight = register_parameter("weight", weight);
  bias = register_parameter("bias", at::empty({output.channels}));
  initialize(init, weight, bias);
}

at::Tensor WeightedLayerImpl::forward(const at::Tensor& x) const {
  if (!is_conv() && adds_bias_apart) return shaped(x).mm(weight.t()) + bias;
  if (!is_conv()) return at::linear(shaped(x), weight, bias);
  return at::conv2d(x, weight, bias, stride, padding);
}

}  // namespace ff
