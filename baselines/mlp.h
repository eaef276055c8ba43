// Forward and backward pass of an MLP layer by layer, without autograd, for rules that define their
// own passes.
#pragma once

#include <vector>

#include "ff/nn/network.h"

namespace ff::baselines {

/// Intermediate values of an MLP with L layers for a batch of N samples.
struct Trace {
  std::vector<at::Tensor> h;  // h[l] (N, in): input of layer l; h[0]: the samples
  std::vector<at::Tensor> z;  // z[l] (N, out): output of layer l before the non-linearity

  const at::Tensor& logits() const { return z.back(); }
};

/// An MLP: linear layers, each except the last followed by at most one non-linearity. No function
/// records an autograd graph.
class Mlp {
 public:
  /// The network's layers must satisfy check_mlp().
  explicit Mlp(Network network) : network_(std::move(network)) {}

  std::size_t depth() const { return network_->depth(); }
  /// (out, in), detached
  at::Tensor weight(std::size_t l) const { return network_->layers[l]->weight.detach(); }
  at::Tensor bias(std::size_t l) const { return network_->layers[l]->bias.detach(); }

  /// Returns z (N, out) of layer `l` for h (N, in), before the non-linearity.
  at::Tensor apply(std::size_t l, const at::Tensor& h) const;
  /// Returns f_l(z); the last layer has no non-linearity and returns z.
  at::Tensor activate(std::size_t l, const at::Tensor& z) const;
  /// Returns grad * f_l'(z), given y = f_l(z); for the last layer grad.
  at::Tensor slope(std::size_t l,
                   const at::Tensor& grad,
                   const at::Tensor& z,
                   const at::Tensor& y) const;

  /// Forward pass of samples `inputs` (N, D).
  Trace trace(const at::Tensor& inputs) const;
  /// Forward pass from layer `first` upwards, whose input is `h`; entries of lower layers stay
  /// undefined.
  Trace trace_from(std::size_t first, const at::Tensor& h) const;

 private:
  Network network_;
};

/// The mean cross-entropy of logits (N, C) with labels (N), a scalar, and its gradient at the
/// logits, (softmax - onehot) / N.
struct OutputError {
  at::Tensor loss;
  at::Tensor delta;
};
OutputError output_error(const at::Tensor& logits, const at::Tensor& labels);

/// Sets the gradient of layer `l` for the error `delta` (N, out) at its output: delta^T input for
/// the weight, the sum over the batch for the bias.
void add_layer(TensorDict& by_name,
               std::size_t l,
               const at::Tensor& delta,
               const at::Tensor& input);

/// Throws OptionError ("model.layers[2]: ...") if the layers do not form an MLP as above, or if a
/// non-linearity has no known derivative.
void check_mlp(const std::vector<LayerOptions>& layers);

}  // namespace ff::baselines
