// Rules that bring a signal from the output straight to every hidden layer.
#pragma once

#include <vector>

#include "baselines/backward_rule.h"
#include "baselines/feedback.h"

namespace ff::baselines {

/// delta_l = (s B_l) * f'(a_l), s (N, classes) the signal and B_l (classes, units) random and
/// fixed: no error passes from layer to layer. The last layer has backpropagation's error. B_l
/// meets what a block gives, behind its normalisation, non-linearity and pooling, which are
/// differentiated exactly; of a convolution B_l is (classes, channels * height * width).
class DirectRule : public BackwardRule {
 public:
  DirectRule(const Network& network, const FeedbackOptions& options);

  Gradient gradient(const at::Tensor& rows, const at::Tensor& labels, Pass pass) override;
  TensorDict state() const override;
  std::optional<fused::MlpBackward> closed_form() const override {
    return fused::MlpBackward{
        .path = fused::MlpBackward::Path::kDirect, .signal = fused_signal(), .feedback = feedback};
  }

  /// B_l and the product of the weights above, W_L ... W_{l+1}; of perceptrons.
  std::vector<FeedbackPair> feedback_pairs() const override;

  std::vector<at::Tensor> feedback;  // B_l for each hidden layer

 protected:
  /// s from the cross-entropy's gradient at the logits, error = (softmax - onehot) / N, (N, C).
  virtual at::Tensor signal(const at::Tensor& error, const at::Tensor& labels) const = 0;
  virtual fused::MlpBackward::Signal fused_signal() const = 0;
};

/// A forward pass of which no gradient leaves its block.
struct SeparateBlocks {
  std::vector<at::Tensor> z;       // what each layer gives
  std::vector<at::Tensor> output;  // and its block: (N, ...), in the last (N, classes)
  at::Tensor loss, error;          // of the last, without gradient: the mean cross-entropy
};
SeparateBlocks forward_separately(const NetworkImpl& network,
                                  const at::Tensor& rows,
                                  const at::Tensor& labels,
                                  Pass pass);

}  // namespace ff::baselines
