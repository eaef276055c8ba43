#include "ff/forward_forward/ff_linear.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>
#include <c10/util/Exception.h>

namespace ff {

FFLinearImpl::FFLinearImpl(const FFLinearOptions& options_in)
    : FFBaseImpl({options_in.loss, options_in.peer, options_in.dropout}),
      options(options_in),
      activation_(find_activation(options.activation)),
      goodness_(find_goodness(options.goodness)),
      normalize_(find_length_normalization(options.normalize)) {
  TORCH_CHECK(options.in_features >= 1 && options.out_features >= 1,
              "FFLinear: widths must be at least 1, got ",
              options.in_features,
              " -> ",
              options.out_features);
  weight = register_parameter("weight", at::empty({options.out_features, options.in_features}));
  bias = register_parameter("bias", at::empty({options.out_features}));
  // Like nn.Linear, draws the default values first, so that later draws match Python's.
  initialize(options.init, weight, bias);
  const auto& initial = options.threshold.initial;
  register_threshold(initial.is_word() ? static_cast<double>(options.out_features) : initial.number,
                     options.threshold.learned);
  register_peers(options.out_features);
}

at::Tensor FFLinearImpl::preactivation(const at::Tensor& x, Pass) {
  const auto rows = x.dim() > 2 ? x.flatten(1) : x;
  TORCH_CHECK(rows.dim() == 2 && rows.size(1) == options.in_features,
              "FFLinear: expected (N, ",
              options.in_features,
              "), got ",
              x.sizes());
  const auto direction = normalize_.apply(rows, options.epsilon);
  // mm plus addition rather than addmm, which rounds differently from the original.
  return at::mm(direction, weight.t()) + bias.unsqueeze(0);
}

at::Tensor FFLinearImpl::activation(const at::Tensor& z, Pass) const {
  return activation_.forward(z);
}

at::Tensor FFLinearImpl::goodness(const at::Tensor& activations) const {
  return goodness_.of(activations);
}

}  // namespace ff
