#include "baselines/direct_rule.h"

#include <ATen/Functions.h>
#include <torch/csrc/autograd/autograd.h>

#include "baselines/random_stream.h"

namespace ff::baselines {

SeparateBlocks forward_separately(const NetworkImpl& network,
                                  const at::Tensor& inputs,
                                  const at::Tensor& labels,
                                  Pass pass) {
  SeparateBlocks blocks;
  auto x = network.input(inputs);
  for (std::size_t l = 0; l < network.depth(); ++l) {
    blocks.z.push_back(network.layers[l]->forward(x.detach()));
    x = network.after(l, blocks.z.back(), pass);
    blocks.output.push_back(x);
  }
  const auto logits = x.detach().requires_grad_();
  const auto loss = at::cross_entropy_loss(logits, labels);
  blocks.error = torch::autograd::grad({loss}, {logits})[0];
  blocks.loss = loss.detach();
  return blocks;
}

DirectRule::DirectRule(const Network& network, const FeedbackOptions& options)
    : BackwardRule(network) {
  const auto generator = RandomStream().next(Pass::kTrain);
  const auto& last = network->layers.back()->weight;
  for (std::size_t l = 0; l + 1 < network->depth(); ++l) {
    const auto shape = {last.size(0), network->shape_after(l).features()};
    feedback.push_back(make_feedback(at::empty(shape, last.options()), options, generator));
  }
}

Gradient DirectRule::gradient(const at::Tensor& inputs, const at::Tensor& labels, Pass pass) {
  const auto blocks = forward_separately(*network_, inputs, labels, pass);
  const auto sent = signal(blocks.error, labels);
  std::vector<at::Tensor> directions;
  for (std::size_t l = 0; l < feedback.size(); ++l) {
    directions.push_back(sent.mm(feedback[l]).view(blocks.output[l].sizes()));
  }
  directions.push_back(blocks.error);
  return {blocks.loss, gradients_of(blocks.output, directions, network_->all_parameters())};
}

TensorDict DirectRule::state() const {
  TensorDict state;
  for (std::size_t l = 0; l < feedback.size(); ++l) state[feedback_name(l)] = feedback[l];
  return state;
}

std::vector<FeedbackPair> DirectRule::feedback_pairs() const {
  std::vector<FeedbackPair> pairs;
  if (network_->is_convolutional()) return pairs;
  for (std::size_t l = 0; l < feedback.size(); ++l) {
    pairs.push_back({feedback[l], weights_above(*network_, l)});
  }
  return pairs;
}

}  // namespace ff::baselines
