// ObjectiveBlock: a Forward-Forward block trained by an objective of objective.h.
#pragma once

#include <memory>

#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>

#include "ff/forward_forward/block_body.h"
#include "ff/forward_forward/objective.h"
#include "ff/optim/optimizer.h"

namespace ff {

/// Result of one update of a block; the tensors carry no gradient.
struct ObjectiveStep {
  at::Tensor loss;         // scalar, before the update
  at::Tensor activations;  // (B, out) or (B, C, H, W), before the update
};

/// A block of layers between two points where gradients are stopped, with its own objective and
/// optimizer. One update, for labelled samples x:
///
///   h = dropout(layers(x)),  L = objective.loss(h, labels),  parameters <- optimizer step on L
///
/// The input is detached and only the block's and its objective's parameters are updated: no
/// gradient flows between blocks. Tensors: those of BlockBody, and objective.weight, ...
class ObjectiveBlockImpl : public torch::nn::Module {
 public:
  explicit ObjectiveBlockImpl(const BlockBodyOptions& options, double dropout = 0);

  /// Returns the activations, (N, in) or (N, C, H, W) -> (N, out) or (N, C', H', W'), without
  /// dropout.
  at::Tensor forward(const at::Tensor& x, Pass pass = Pass::kEvaluate) const;

  /// Returns the objective's class scores of activations, (N, classes).
  at::Tensor scores(const at::Tensor& activations) const { return objective_->scores(activations); }

  /// Returns the loss of inputs x with labels int64 (B), scalar, differentiable; with batch
  /// statistics and without dropout. Changes no state.
  at::Tensor loss(const at::Tensor& x, const at::Tensor& labels) const;

  /// Performs one update. Throws c10::Error if no optimizer is set.
  ObjectiveStep train_step(const at::Tensor& x, const at::Tensor& labels);

  /// Sets the objective, once, before the optimizer.
  void set_objective(std::shared_ptr<Objective> objective);

  /// Creates the optimizer of all parameters, the objective's included.
  void set_optimizer(const OptimizerOptions& options);
  void set_lr_scale(double factor) { optimizer_->set_lr_scale(factor); }
  /// Returns the optimizer's live state by name.
  TensorDict optimizer_state() const { return optimizer_->state(); }

  Objective& objective() { return *objective_; }
  const Shape& output_shape() const { return body_.output(); }
  at::Tensor weight() const { return body_.weight(); }

 private:
  BlockBody body_;
  double dropout_;
  std::shared_ptr<Objective> objective_;
  std::unique_ptr<Optimizer> optimizer_;
};

TORCH_MODULE(ObjectiveBlock);

}  // namespace ff
