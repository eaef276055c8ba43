#include "baselines/brsf.h"

namespace ff::baselines {

BatchRandomSignFeedback::BatchRandomSignFeedback(const Network& network,
                                                 const FeedbackOptions& options)
    : SignConcordant(network, options) {
  draw(Pass::kProbe);  // feedback_pairs() may be called before the first batch
}

void BatchRandomSignFeedback::draw(Pass pass) {
  const auto generator = random_.next(pass);
  for (std::size_t l = 1; l < factors.size(); ++l) {
    const auto magnitudes = make_feedback(network_->layers[l]->weight, options_, generator).abs();
    factors[l] = with_signs(l, magnitudes);
  }
}

TensorDict BatchRandomSignFeedback::state() const {
  TensorDict state = {{"feedback.draws", random_.state()}};
  for (std::size_t l = 1; l < signs.size(); ++l) {
    if (signs[l].defined()) state["feedback." + std::to_string(l) + ".signs"] = signs[l];
  }
  return state;
}

Gradient BatchRandomSignFeedback::gradient(const at::Tensor& inputs,
                                           const at::Tensor& labels,
                                           Pass pass) {
  draw(pass);
  return SignConcordant::gradient(inputs, labels, pass);
}

}  // namespace ff::baselines
