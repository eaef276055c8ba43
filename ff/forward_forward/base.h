// FFBase: a layer that learns on its own, from its own loss, with its own optimizer.
#pragma once

#include <memory>

#include <torch/nn/module.h>

#include "ff/forward_forward/loss.h"
#include "ff/forward_forward/peer.h"
#include "ff/nn/pass.h"
#include "ff/nn/shape.h"
#include "ff/optim/optimizer.h"

namespace ff {

/// How a layer of any kind learns.
struct FFBaseOptions {
  LossOptions loss;
  PeerOptions peer;
  double dropout = 0;  // share of the units that are silenced in training
};

/// What one update of a layer leaves behind; nothing in it carries a gradient.
struct TrainStep {
  at::Tensor loss;             // scalar, before the update
  at::Tensor activations_pos;  // (B, out), before the update
  at::Tensor activations_neg;  // (B, out)
};

/// A Forward-Forward layer (Hinton 2022, arXiv 2212.13345). Its goodness is to be above its
/// threshold for positive data and below it for negative data (max-ssq), or the other way round.
/// No gradient enters or leaves: inputs are detached, and only its own parameters are updated.
class FFBaseImpl : public torch::nn::Module {
 public:
  /// What the activation is of, (N, in) -> (N, out) or images of either; the input's normalisation
  /// included. `pass` says which statistics batch normalisation takes, where there is some.
  virtual at::Tensor preactivation(const at::Tensor& x, Pass pass = Pass::kEvaluate) = 0;

  /// The activation of it, and what else follows, (N, out) -> (N, out).
  virtual at::Tensor activation(const at::Tensor& z, Pass pass = Pass::kEvaluate) const = 0;

  /// Goodness of activations, (N, out) or (N, C, H, W) -> (N).
  virtual at::Tensor goodness(const at::Tensor& activations) const = 0;

  /// Of one sample's activations.
  virtual Shape output_shape() const = 0;

  /// Activations, (N, in) -> (N, out), as the layers above see them in prediction.
  at::Tensor forward(const at::Tensor& x, Pass pass = Pass::kEvaluate) {
    return activation(preactivation(x, pass), pass);
  }

  /// Activations as in training, with units silenced at random.
  at::Tensor forward_with_dropout(const at::Tensor& x);

  /// The layer's loss from the goodness of positive and negative rows, (B), (B) -> scalar.
  virtual at::Tensor loss(const at::Tensor& goodness_pos, const at::Tensor& goodness_neg) const;

  /// What an update descends, of positive and negative inputs, (B, in) each -> scalar: the loss and
  /// peer normalisation's term, without dropout. Changes nothing.
  at::Tensor objective(const at::Tensor& pos, const at::Tensor& neg);

  /// One update from positive and negative inputs, (B, in) each. Needs an optimizer.
  virtual TrainStep train_step(const at::Tensor& pos, const at::Tensor& neg);

  /// Gives the layer an optimizer of its own over all its parameters that learn.
  void set_optimizer(const OptimizerOptions& options);

  /// Multiplies its optimizer's learning rate from here on.
  void set_rate_factor(double factor);

  /// The optimizer's live state by name; empty without one.
  TensorDict optimizer_state() const;

  /// All live tensors that the next update depends on, beside the parameters.
  TensorDict training_state() const;

  at::Tensor weight;           // (out, in) or (out, in, k, k); registered by the layer, as bias is
  at::Tensor bias;             // (out)
  at::Tensor threshold;        // (1); registered by the layer
  at::Tensor mean_activation;  // (out), over positives, for peer normalisation; else undefined

 protected:
  explicit FFBaseImpl(const FFBaseOptions& options);

  /// Registers `threshold` (1); a fixed one is a parameter without gradient.
  void register_threshold(double initial, bool learned);

  /// Makes `mean_activation`, where there is peer normalisation; 0.5, as in Hinton's code.
  void register_peers(std::int64_t units);

 private:
  struct BothHalves {
    at::Tensor loss, objective;  // scalars; the latter is what is descended
    at::Tensor activations_pos, activations_neg;
  };

  // Both halves forward, with their gradients; moves `mean`, where there is peer normalisation.
  BothHalves both_halves(const at::Tensor& pos,
                         const at::Tensor& neg,
                         double dropout,
                         const at::Tensor& mean,
                         Pass pass);

  FFBaseOptions options_;
  const Loss& loss_;
  Direction direction_;
  std::unique_ptr<Optimizer> optimizer_;
};

}  // namespace ff
