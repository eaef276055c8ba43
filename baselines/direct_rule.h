// Base of the rules that project a signal directly from the output to every hidden layer.
#pragma once

#include <vector>

#include "baselines/backward_rule.h"
#include "baselines/feedback.h"

namespace ff::baselines {

/// delta_l = (s B_l) * f'(a_l),  dW_l = delta_l^T h_{l-1},  with the signal s (N, classes) and B_l
/// (classes, units) random and fixed. The error does not pass from layer to layer; the last layer
/// uses backpropagation's error. s B_l is the gradient at a block's output, behind normalisation,
/// non-linearity and pooling, which are differentiated exactly; for a convolutional block B_l has
/// the shape (classes, channels * height * width).
class DirectRule : public BackwardRule {
 public:
  DirectRule(const Network& network, const FeedbackOptions& options);

  Gradient gradient(const at::Tensor& inputs, const at::Tensor& labels, Pass pass) override;
  TensorDict state() const override;
  std::optional<fused::MlpBackward> closed_form() const override {
    return fused::MlpBackward{
        .path = fused::MlpBackward::Path::kDirect, .signal = fused_signal(), .feedback = feedback};
  }

  /// B_l and W_L ... W_{l+1}, the product of the weights above; empty for convolutional networks.
  std::vector<FeedbackPair> feedback_pairs() const override;

  std::vector<at::Tensor> feedback;  // B_l for each hidden layer

 protected:
  /// Returns s (N, C), given error = (softmax - onehot) / N (N, C), the gradient of the mean
  /// cross-entropy at the logits, and labels (N).
  virtual at::Tensor signal(const at::Tensor& error, const at::Tensor& labels) const = 0;
  virtual fused::MlpBackward::Signal fused_signal() const = 0;
};

/// Forward pass with the input of each block detached, so that gradients stay within a block.
struct SeparateBlocks {
  // output of each weighted layer, before normalisation and non-linearity
  std::vector<at::Tensor> z;
  std::vector<at::Tensor> output;  // output of each block, (N, ...); of the last (N, classes)
  at::Tensor loss, error;          // mean cross-entropy and its gradient at the logits, detached
};
SeparateBlocks forward_separately(const NetworkImpl& network,
                                  const at::Tensor& inputs,
                                  const at::Tensor& labels,
                                  Pass pass);

}  // namespace ff::baselines
