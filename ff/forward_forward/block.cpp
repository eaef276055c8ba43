#include "ff/forward_forward/block.h"

#include <ATen/Functions.h>

namespace ff {

FFBlockImpl::FFBlockImpl(const FFBlockOptions& options)
    : FFBaseImpl({options.loss, options.peer, options.dropout}),
      body_(*this,
            {.layers = options.layers,
             .input = options.input,
             .init = options.init,
             .normalize = options.normalize,
             .epsilon = options.epsilon}),
      goodness_(find_goodness(options.goodness)) {
  weight = body_.weight();
  bias = body_.bias();
  const auto units = output_shape().features();
  const auto& initial = options.threshold.initial;
  register_threshold(initial.is_word() ? static_cast<double>(units) : initial.number,
                     options.threshold.learned);
  register_peers(units);
}

at::Tensor FFBlockImpl::preactivation(const at::Tensor& x, Pass pass) {
  return body_.before_activation(x, pass);
}

at::Tensor FFBlockImpl::activation(const at::Tensor& z, Pass pass) const {
  return body_.from_activation(z, pass);
}

at::Tensor FFBlockImpl::goodness(const at::Tensor& activations) const {
  return goodness_.of(activations.flatten(1));
}

}  // namespace ff
