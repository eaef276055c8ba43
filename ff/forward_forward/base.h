// FFBase: the base class of Forward-Forward layers, which train on a local loss with their own
// optimizer.
#pragma once

#include <memory>

#include <torch/nn/module.h>

#include "ff/forward_forward/loss.h"
#include "ff/forward_forward/peer.h"
#include "ff/nn/pass.h"
#include "ff/nn/shape.h"
#include "ff/optim/optimizer.h"

namespace ff {

/// Training options common to all Forward-Forward layers.
struct FFBaseOptions {
  LossOptions loss;
  PeerOptions peer;
  double dropout = 0;  // dropout probability
};

/// Result of one update of a layer; the tensors carry no gradient.
struct TrainStep {
  at::Tensor loss;             // scalar, before the update
  at::Tensor activations_pos;  // (B, out), before the update
  at::Tensor activations_neg;  // (B, out)
};

/// A Forward-Forward layer (Hinton 2022, arXiv 2212.13345). It is trained so that its goodness g is
/// above a threshold theta for positive samples and below it for negative samples (max-ssq), or
/// vice versa (min-ssq). One update, for B positive and B negative samples:
///   z_pos = (theta - g_pos) / tau,  z_neg = (g_neg - theta) / tau        (max-ssq)
///   L = mean over all 2B samples of loss(z), plus the peer normalisation term (peer.h)
///   theta, weight, bias, ... <- optimizer step that descends L
/// with tau the temperature; min-ssq flips the signs of z, and a loss of pairs (losses/symba.h) has
/// its own z. Inputs are detached and only the layer's own parameters are updated: no gradient
/// flows between layers.
class FFBaseImpl : public torch::nn::Module {
 public:
  /// Returns the input of the activation function, (N, in) -> (N, out), or images of either;
  /// includes the input normalisation. `pass` selects the statistics of batch normalisation.
  virtual at::Tensor preactivation(const at::Tensor& x, Pass pass = Pass::kEvaluate) = 0;

  /// Applies the activation function and the layers that follow it, (N, out) -> (N, out).
  virtual at::Tensor activation(const at::Tensor& z, Pass pass = Pass::kEvaluate) const = 0;

  /// Returns the goodness of activations, (N, out) or (N, C, H, W) -> (N).
  virtual at::Tensor goodness(const at::Tensor& activations) const = 0;

  /// Returns the shape of one sample's activations.
  virtual Shape output_shape() const = 0;

  /// Returns the activations used for prediction, (N, in) -> (N, out), without dropout.
  at::Tensor forward(const at::Tensor& x, Pass pass = Pass::kEvaluate) {
    return activation(preactivation(x, pass), pass);
  }

  /// Returns the activations used for training: with dropout applied.
  at::Tensor forward_with_dropout(const at::Tensor& x);

  /// Returns the layer's loss, given the goodness of positive and negative samples, (B), (B) ->
  /// scalar.
  virtual at::Tensor loss(const at::Tensor& goodness_pos, const at::Tensor& goodness_neg) const;

  /// Returns the training objective for positive and negative inputs, (B, in) each -> scalar: the
  /// loss plus the peer normalisation term, without dropout. Changes no state.
  at::Tensor objective(const at::Tensor& pos, const at::Tensor& neg);

  /// Performs one update on positive and negative inputs, (B, in) each. Throws c10::Error if no
  /// optimizer is set.
  virtual TrainStep train_step(const at::Tensor& pos, const at::Tensor& neg);

  /// Creates the layer's optimizer, over all its parameters that require gradients.
  void set_optimizer(const OptimizerOptions& options);

  /// Sets the learning-rate scale of the optimizer. Throws c10::Error if no optimizer is set.
  void set_lr_scale(double factor);

  /// Returns the optimizer's live state by name; empty if no optimizer is set.
  TensorDict optimizer_state() const;

  /// Returns all live tensors that determine the next update, besides the parameters.
  TensorDict training_state() const;

  at::Tensor weight;  // (out, in) or (out, in, k, k); registered by the derived class, as is bias
  at::Tensor bias;    // (out)
  at::Tensor threshold;        // theta, (1); registered by register_threshold
  at::Tensor mean_activation;  // (out), running mean of positives; undefined if not used

 protected:
  explicit FFBaseImpl(const FFBaseOptions& options);

  /// Registers `threshold` (1); if not learned, it does not require gradients.
  void register_threshold(double initial, bool learned);

  /// Registers `mean_activation`, initially 0.5 as in Hinton's code, if peer normalisation is on.
  void register_peers(std::int64_t units);

 private:
  struct BothHalves {
    at::Tensor loss, objective;  // scalars; `objective` is minimised
    at::Tensor activations_pos, activations_neg;
  };

  // Forward pass of both halves, recorded by autograd; updates `mean` if peer normalisation is on.
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
