// A fully connected network taken apart, for rules that write their own forward and backward
// passes: what each layer was given, what it made of it, and a layer's gradient from an error.
#pragma once

#include <vector>

#include "ff/nn/network.h"

namespace ff::baselines {

/// What a perceptron of L layers did on a batch of N rows.
struct Trace {
  std::vector<at::Tensor> h;  // h[l] (N, in) went into layer l; h[0] are the rows
  std::vector<at::Tensor> z;  // z[l] (N, out) came out of it, ahead of the non-linearity

  const at::Tensor& logits() const { return z.back(); }
};

/// Linear layers, each but the last with at most one non-linearity behind it. Nothing here records
/// a graph for autograd.
class Perceptron {
 public:
  /// The network must be one of which check_perceptron approves.
  explicit Perceptron(Network network) : network_(std::move(network)) {}

  std::size_t depth() const { return network_->depth(); }
  /// (out, in), without gradient.
  at::Tensor weight(std::size_t l) const { return network_->layers[l]->weight.detach(); }
  at::Tensor bias(std::size_t l) const { return network_->layers[l]->bias.detach(); }

  /// What layer `l` makes of h (N, in), ahead of its non-linearity, (N, out).
  at::Tensor apply(std::size_t l, const at::Tensor& h) const;
  /// f_l(z), and grad * f_l'(z) where y = f_l(z); of the last layer z and grad themselves.
  at::Tensor activate(std::size_t l, const at::Tensor& z) const;
  at::Tensor slope(std::size_t l,
                   const at::Tensor& grad,
                   const at::Tensor& z,
                   const at::Tensor& y) const;

  Trace trace(const at::Tensor& rows) const;
  /// Layers `first` and above on `h`, which goes into it; the entries below stay undefined.
  Trace trace_from(std::size_t first, const at::Tensor& h) const;

 private:
  Network network_;
};

/// The mean cross-entropy of logits (N, C) against labels (N), a scalar, and its gradient at the
/// logits, (softmax - onehot) / N.
struct OutputError {
  at::Tensor loss;
  at::Tensor delta;
};
OutputError output_error(const at::Tensor& logits, const at::Tensor& labels);

/// Adds the gradient of layer `l` under the error `delta` (N, out) at its output: delta^T input to
/// the weight, the sum over rows to the bias.
void add_layer(TensorDict& by_name,
               std::size_t l,
               const at::Tensor& delta,
               const at::Tensor& input);

/// Throws std::invalid_argument ("model.layers[2]: ...") where layers are those of no Perceptron.
void check_perceptron(const std::vector<LayerOptions>& layers);

}  // namespace ff::baselines
