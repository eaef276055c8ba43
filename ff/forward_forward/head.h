// A linear softmax classifier on a Forward-Forward network's normalised activities: Hinton's
// one-pass classifier (2022, section 3.3), and the judge of unsupervised features (section 3.2).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>

#include "ff/core/fields.h"
#include "ff/nn/layer_choice.h"
#include "ff/optim/optimizer.h"

namespace ff {

/// The defaults are those of Hinton's ffnew.m, in PyTorch's units.
struct HeadOptions {
  std::string type = "none";
  LayerChoice layers;
  std::string train = "along";
  std::int64_t epochs = 10;
  OptimizerOptions optimizer = {
      .type = "sgd", .learning_rate = 0.01, .momentum = 0.9, .weight_decay = 0.003};

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit(
        "type",
        self.type,
        one_of({"none", "softmax"}),
        "softmax: a linear classifier, weights from 0 and without bias, on the layers' normalised "
        "activities; it teaches the layers nothing.");
    visit(
        "layers",
        self.layers,
        one_of({"all"}),
        "Layers that feed it: all, {\"first\": k}, {\"from\": k} for layer k and those above, or a "
        "list of layers from 0.");
    visit("train",
          self.train,
          one_of({"along", "after"}),
          "along: on every batch that the layers train on; after: in epochs of its own.");
    visit("epochs", self.epochs, between(1, 1e6), "Its epochs, where it is trained afterwards.");
    visit("optimizer", self.optimizer);
  }

  bool on() const { return type != "none"; }
};

/// logits = features W^T, features (N, F) -> (N, C). W starts at zero.
class SoftmaxHeadImpl : public torch::nn::Module {
 public:
  SoftmaxHeadImpl(std::int64_t features,
                  std::int64_t classes,
                  const OptimizerOptions& options,
                  const at::Device& device = at::kCPU);

  at::Tensor logits(const at::Tensor& features) const;

  /// One update on features (B, F) with labels int64 (B), whatever gradients they carry left out.
  /// Returns the cross-entropy, scalar, and the logits (B, C), both from before the update.
  struct Step {
    at::Tensor loss, logits;
  };
  Step train_step(const at::Tensor& features, const at::Tensor& labels);

  void set_rate_factor(double factor) { optimizer_->set_rate_factor(factor); }
  TensorDict optimizer_state() const { return optimizer_->state(); }

  at::Tensor weight;  // (C, F)

 private:
  std::unique_ptr<Optimizer> optimizer_;
};

TORCH_MODULE(SoftmaxHead);

}  // namespace ff
