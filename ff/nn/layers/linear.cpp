#include "ff/nn/layers/linear.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include "ff/nn/init.h"

namespace ff {

LinearLayerImpl::LinearLayerImpl(const LayerOptions& options, const LayerPlace& place)
    : separate_bias_add(place.linear == "mm") {
  weight = register_parameter("weight", at::empty({options.width, place.input.features()}));
  bias = register_parameter("bias", at::empty({options.width}));
  initialize(place.init, weight, bias);
}

at::Tensor LinearLayerImpl::forward(const at::Tensor& x, Pass) const {
  const auto rows = x.flatten(1);
  return separate_bias_add ? rows.mm(weight.t()) + bias : at::linear(rows, weight, bias);
}

LayerKind linear_layer() {
  return {.name = "linear",
          .fields = {{"width", &LayerOptions::width, required(between(1, 1e6)), "Units."}},
          .has_weights = true,
          .flattens = true,
          .output = [](const LayerOptions& options,
                       const Shape&) { return Shape{.channels = options.width}; },
          .make = [](const LayerOptions& options,
                     const LayerPlace& place) -> std::shared_ptr<LayerImpl> {
            return std::make_shared<LinearLayerImpl>(options, place);
          }};
}

}  // namespace ff
