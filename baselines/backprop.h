// Backpropagation, the rule that every other one is measured against.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <torch/nn/module.h>
#include <torch/nn/modules/linear.h>
#include <torch/nn/pimpl.h>

#include "ff/activation.h"
#include "ff/fused/mlp_engine.h"
#include "ff/fused/options.h"
#include "ff/image_set.h"
#include "ff/learner.h"
#include "ff/optimizer.h"

namespace ff::baselines {

/// What a multilayer perceptron is made of.
struct MlpOptions {
  std::int64_t in_features = 0;
  std::vector<std::int64_t> widths = {512, 256, 10};  // the last is the number of classes
  std::string activation = "relu";
  std::string init = "torch";
};

/// Linear layers (layers.0, layers.1, ...) with an activation between them, none after the last.
class MlpImpl : public torch::nn::Module {
 public:
  /// Draws weight, then bias, layer by layer, from the default CPU generator.
  explicit MlpImpl(const MlpOptions& options);

  /// (N, in) -> logits (N, C)
  at::Tensor forward(const at::Tensor& x);

  std::vector<torch::nn::Linear> layers;

 private:
  const Activation& activation_;
};

TORCH_MODULE(Mlp);

struct BackpropOptions {
  MlpOptions mlp;
  OptimizerOptions optimizer;
  std::int64_t epochs = 3;
  std::string engine = "autograd";  // or "fused", or "auto": fused where it can
  FusedOptions fused;
  std::int64_t batch_size = 64;  // at most
  AugmentOptions augment;
};

/// The engine that `options` come to on `device`; throws std::invalid_argument where fused is asked
/// for and cannot be.
std::string choose_engine(const BackpropOptions& options, const at::Device& device);

/// Cross-entropy, its gradient through all layers, one optimizer over everything.
class Backprop : public Learner {
 public:
  /// `train` may be on any device; the network follows it. Throws std::invalid_argument when the
  /// last width is not the number of classes.
  Backprop(BackpropOptions options, ImageSet train);

  std::vector<Phase> phases() const override { return {{"network", options_.epochs}}; }
  std::string engine() const override { return fused_ ? "fused" : "autograd"; }
  void enter_epoch(const Phase& phase, std::int64_t epoch) override;
  at::Tensor train_batch(const Phase& phase, const Batch& batch) override;
  Scores scores(const at::Tensor& rows) override;
  std::optional<double> loss(const at::Tensor& scores, const at::Tensor& labels) const override;
  TensorDict model() const override;
  TensorDict training_state() const override { return optimizer_->state(); }
  std::vector<at::Tensor> prunable_weights() const override;

  Mlp network = nullptr;

 private:
  BackpropOptions options_;
  ImageSet train_;
  std::unique_ptr<Optimizer> optimizer_;
  std::optional<fused::MlpEngine<float>> fused_;
  std::vector<std::int64_t> batch_labels_;
};

}  // namespace ff::baselines
