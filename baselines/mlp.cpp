#include "baselines/mlp.h"

#include <stdexcept>

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include "ff/core/option_error.h"

namespace ff::baselines {

at::Tensor Mlp::apply(std::size_t l, const at::Tensor& h) const {
  return at::linear(h, weight(l), bias(l));
}

at::Tensor Mlp::activate(std::size_t l, const at::Tensor& z) const {
  const auto* activation = network_->activation_after(l);
  return activation ? activation->forward(z) : z;
}

at::Tensor Mlp::slope(std::size_t l,
                      const at::Tensor& grad,
                      const at::Tensor& z,
                      const at::Tensor& y) const {
  const auto* activation = network_->activation_after(l);
  return activation ? activation->backward(grad, z, y) : grad;
}

Trace Mlp::trace(const at::Tensor& inputs) const { return trace_from(0, inputs); }

Trace Mlp::trace_from(std::size_t first, const at::Tensor& h) const {
  Trace trace{std::vector<at::Tensor>(depth()), std::vector<at::Tensor>(depth())};
  trace.h[first] = h;
  for (auto l = first; l < depth(); ++l) {
    trace.z[l] = apply(l, trace.h[l]);
    if (l + 1 < depth()) trace.h[l + 1] = activate(l, trace.z[l]);
  }
  return trace;
}

OutputError output_error(const at::Tensor& logits, const at::Tensor& labels) {
  auto delta = at::softmax(logits, /*dim=*/1);
  delta.scatter_add_(
      /*dim=*/1, labels.unsqueeze(1), at::full({labels.size(0), 1}, -1, logits.options()));
  return {at::cross_entropy_loss(logits, labels), delta.div_(labels.size(0))};
}

void add_layer(TensorDict& by_name,
               std::size_t l,
               const at::Tensor& delta,
               const at::Tensor& input) {
  const auto name = "layers." + std::to_string(l);
  by_name[name + ".weight"] = delta.t().mm(input);
  by_name[name + ".bias"] = delta.sum(/*dim=*/0);
}

void check_mlp(const std::vector<LayerOptions>& layers) {
  const auto refuse = [&](std::size_t i, const std::string& why) {
    throw OptionError({"model.layers[" + std::to_string(i) + "]", layers[i].type + why});
  };
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const auto& type = layers[i].type;
    if (type == "linear") continue;
    if (!layers[i].is_activation()) refuse(i, " is neither a linear layer nor a non-linearity");
    if (!layers[i].activation()) refuse(i, " is a non-linearity without a known derivative");
    if (i > 0 && layers[i - 1].type != "linear") refuse(i, " follows another non-linearity");
  }
}

}  // namespace ff::baselines
