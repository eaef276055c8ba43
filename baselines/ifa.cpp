#include "baselines/ifa.h"

#include <torch/csrc/autograd/autograd.h>

namespace ff::baselines {

IndirectFeedbackAlignment::IndirectFeedbackAlignment(const Network& network,
                                                     const FeedbackOptions& options)
    : DirectFeedbackAlignment(network, options) {
  feedback.resize(std::min<std::size_t>(feedback.size(), 1));
}

Gradient IndirectFeedbackAlignment::gradient(const at::Tensor& inputs,
                                             const at::Tensor& labels,
                                             Pass pass) {
  const auto blocks = forward_separately(*network_, inputs, labels, pass);
  Gradient found{blocks.loss, {}};
  at::Tensor direction;
  for (std::size_t l = 0; l < network_->depth(); ++l) {
    const bool last = l + 1 == network_->depth();
    if (last) {
      direction = blocks.error;
    } else if (l == 0) {
      direction = blocks.error.mm(feedback[0]);
    }
    auto learned = network_->parameters_of(l);
    learned.push_back({"delta", blocks.z[l]});
    auto gradients = gradients_of({blocks.output[l]}, {direction}, learned);
    const auto delta = gradients.at("delta");
    gradients.erase("delta");
    merge(found.by_name, "", gradients);
    if (l + 2 < network_->depth())
      direction = delta.mm(network_->layers[l + 1]->weight.detach().t());
  }
  return found;
}

std::vector<FeedbackPair> IndirectFeedbackAlignment::feedback_pairs() const {
  std::vector<FeedbackPair> pairs;
  for (std::size_t l = 0; l + 1 < network_->depth(); ++l) {
    pairs.push_back(
        {l == 0 ? feedback[0] : pairs.back().feedback.mm(network_->layers[l]->weight.detach().t()),
         weights_above(*network_, l)});
  }
  return pairs;
}

}  // namespace ff::baselines
