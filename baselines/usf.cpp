#include "baselines/usf.h"

#include <cmath>

#include <ATen/Functions.h>

namespace ff::baselines {

double sign_scale(const at::Tensor& weight, const FeedbackOptions& options) {
  if (options.sign_scale == "none") return options.scale;
  // For a convolution the channels only, as in the original notebooks.
  if (options.sign_scale == "original") {
    return options.scale / std::sqrt(static_cast<double>(weight.size(1)));
  }
  return options.scale * weight.detach().to(at::kDouble).square().mean().sqrt().item<double>();
}

UniformSignFeedback::UniformSignFeedback(const Network& network, const FeedbackOptions& options)
    : SignConcordant(network, options) {
  for (std::size_t l = 1; l < factors.size(); ++l) {
    const auto& weight = network->layers[l]->weight;
    factors[l] = with_signs(l, at::full({}, sign_scale(weight, options), weight.options()));
  }
}

}  // namespace ff::baselines
