#include "baselines/feedback_alignment.h"

#include "baselines/random_stream.h"

namespace ff::baselines {

FeedbackAlignment::FeedbackAlignment(const Network& network, const FeedbackOptions& options)
    : LayerwiseRule(network), feedback(network->depth()) {
  const auto generator = RandomStream().next(Pass::kTrain);
  for (std::size_t l = 1; l < feedback.size(); ++l) {
    feedback[l] = make_feedback(network->layers[l]->weight, options, generator);
  }
}

TensorDict FeedbackAlignment::state() const {
  TensorDict state;
  for (std::size_t l = 1; l < feedback.size(); ++l) state[feedback_name(l)] = feedback[l];
  return state;
}

}  // namespace ff::baselines
