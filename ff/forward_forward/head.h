// SoftmaxHead: a linear softmax classifier on the network's normalised activations. Hinton's
// one-pass classifier (2022, section 3.3), and the evaluation of unsupervised features (section
// 3.2).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>

#include "ff/forward_forward/head_options.h"
#include "ff/optim/optimizer.h"

namespace ff {

/// logits = features W^T, features (N, F) -> (N, C). W is initialised to zero.
class SoftmaxHeadImpl : public torch::nn::Module {
 public:
  SoftmaxHeadImpl(std::int64_t features,
                  std::int64_t classes,
                  const OptimizerOptions& options,
                  const at::Device& device = at::kCPU);

  at::Tensor logits(const at::Tensor& features) const;

  /// Performs one update on features (B, F), which are detached, with labels int64 (B). Returns the
  /// cross-entropy, scalar, and the logits (B, C), both from before the update.
  struct Step {
    at::Tensor loss, logits;
  };
  Step train_step(const at::Tensor& features, const at::Tensor& labels);

  void set_lr_scale(double factor) { optimizer_->set_lr_scale(factor); }
  TensorDict optimizer_state() const { return optimizer_->state(); }

  at::Tensor weight;  // (C, F)

 private:
  std::unique_ptr<Optimizer> optimizer_;
};

TORCH_MODULE(SoftmaxHead);

}  // namespace ff
