#include "baselines/sign_concordant.h"

namespace ff::baselines {

SignConcordant::SignConcordant(const Network& network, const FeedbackOptions& options)
    : LayerwiseRule(network),
      factors(network->depth()),
      signs(network->depth()),
      options_(options) {
  if (options.concordant == 1) return;
  const auto generator = random_.next(Pass::kTrain);
  for (std::size_t l = 1; l < signs.size(); ++l) {
    signs[l] = draw_signs(network->layers[l]->weight, options.concordant, generator);
  }
}

TensorDict SignConcordant::state() const {
  TensorDict state;
  for (std::size_t l = 1; l < factors.size(); ++l) state[feedback_name(l)] = factors[l];
  return state;
}

at::Tensor SignConcordant::backward_weight(std::size_t l) const {
  return network_->layers[l]->weight.detach().sign() * factors[l];
}

at::Tensor SignConcordant::with_signs(std::size_t l, const at::Tensor& magnitudes) const {
  return signs[l].defined() ? magnitudes * signs[l] : magnitudes;
}

}  // namespace ff::baselines
