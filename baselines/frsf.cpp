#include "baselines/frsf.h"

namespace ff::baselines {

FixedRandomSignFeedback::FixedRandomSignFeedback(const Network& network,
                                                 const FeedbackOptions& options)
    : SignConcordant(network, options) {
  const auto generator = random_.next(Pass::kTrain);
  for (std::size_t l = 1; l < factors.size(); ++l) {
    const auto magnitudes = make_feedback(network->layers[l]->weight, options, generator).abs();
    factors[l] = with_signs(l, magnitudes);
  }
}

}  // namespace ff::baselines
