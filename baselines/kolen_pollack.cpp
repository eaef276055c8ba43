#include "baselines/kolen_pollack.h"

namespace ff::baselines {

Gradient KolenPollack::gradient(const at::Tensor& inputs, const at::Tensor& labels, Pass pass) {
  auto found = FeedbackAlignment::gradient(inputs, labels, pass);
  for (std::size_t l = 1; l < feedback.size(); ++l) {
    found.by_name[feedback_name(l)] = found.by_name.at("layers." + std::to_string(l) + ".weight");
  }
  return found;
}

std::vector<NamedParameter> KolenPollack::learned_feedback() const {
  std::vector<NamedParameter> learned;
  for (std::size_t l = 1; l < feedback.size(); ++l) {
    learned.push_back({feedback_name(l), feedback[l]});
  }
  return learned;
}

}  // namespace ff::baselines
