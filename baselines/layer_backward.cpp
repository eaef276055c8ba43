#include "baselines/layer_backward.h"

#include <array>

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>
#include <c10/util/Exception.h>
#include <torch/csrc/autograd/custom_function.h>

#include "ff/nn/layers/conv.h"
#include "ff/nn/layers/linear.h"

namespace ff::baselines {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

class LinearWithBackward : public torch::autograd::Function<LinearWithBackward> {
 public:
  static at::Tensor forward(AutogradContext* context,
                            const at::Tensor& x,
                            const at::Tensor& weight,
                            const at::Tensor& bias,
                            const LayerBackward& backward,
                            bool separate_bias_add) {
    context->save_for_backward({backward.input.defined() ? backward.input : x,
                                backward.weight.defined() ? backward.weight : weight});
    return separate_bias_add ? x.mm(weight.t()) + bias : at::linear(x, weight, bias);
  }

  static variable_list backward(AutogradContext* context, variable_list deltas) {
    const auto saved = context->get_saved_variables();
    const auto& delta = deltas[0];
    const bool wants_dx = context->needs_input_grad(0);
    return {wants_dx ? delta.mm(saved[1]) : at::Tensor(),
            delta.t().mm(saved[0]),
            delta.sum(/*dim=*/0),
            {},
            {}};
  }
};

class ConvWithBackward : public torch::autograd::Function<ConvWithBackward> {
 public:
  static at::Tensor forward(AutogradContext* context,
                            const at::Tensor& x,
                            const at::Tensor& weight,
                            const at::Tensor& bias,
                            const LayerBackward& backward,
                            std::int64_t stride,
                            std::int64_t padding) {
    context->save_for_backward({backward.input.defined() ? backward.input : x,
                                backward.weight.defined() ? backward.weight : weight,
                                weight});
    context->saved_data["stride"] = stride;
    context->saved_data["padding"] = padding;
    return at::conv2d(x, weight, bias, stride, padding);
  }

  static variable_list backward(AutogradContext* context, variable_list deltas) {
    const auto saved = context->get_saved_variables();
    const auto pass = [&](const at::Tensor& through, std::array<bool, 3> wanted) {
      return at::convolution_backward(deltas[0],
                                      saved[0],
                                      through,
                                      /*bias_sizes=*/at::IntArrayRef{through.size(0)},
                                      context->saved_data["stride"].toInt(),
                                      context->saved_data["padding"].toInt(),
                                      /*dilation=*/1,
                                      /*transposed=*/false,
                                      /*output_padding=*/0,
                                      /*groups=*/1,
                                      wanted);
    };
    const auto dx = context->needs_input_grad(0) ? std::get<0>(pass(saved[1], {true, false, false}))
                                                 : at::Tensor();
    const auto [unused, dw, db] = pass(saved[2], {false, true, true});
    return {dx, dw, db, {}, {}, {}};
  }
};

}  // namespace

at::Tensor forward_with(const WeightedLayer& layer,
                        const at::Tensor& x,
                        const LayerBackward& backward) {
  const auto* linear = dynamic_cast<const LinearLayerImpl*>(layer.get());
  const auto shaped = [&](const at::Tensor& input) { return linear ? input.flatten(1) : input; };
  const LayerBackward detached{
      backward.weight.defined() ? backward.weight.detach() : at::Tensor(),
      backward.input.defined() ? shaped(backward.input.detach()) : at::Tensor()};
  if (linear) {
    return LinearWithBackward::apply(
        shaped(x), linear->weight, linear->bias, detached, linear->separate_bias_add);
  }
  const auto* conv = dynamic_cast<const ConvLayerImpl*>(layer.get());
  TORCH_CHECK(conv, "forward_with: the layer is neither linear nor conv");
  return ConvWithBackward::apply(
      x, conv->weight, conv->bias, detached, conv->stride, conv->padding);
}

}  // namespace ff::baselines
