// A multilayer perceptron's forward pass, its cross-entropy and the updates in closed form, without
// autograd, of backpropagation and of rules that differ from it in the backward pass.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "baselines/engines/cpu/mlp_backward.h"
#include "baselines/engines/mlp_parts.h"
#include "ff/engines/cpu/background.h"
#include "ff/engines/cpu/product.h"
#include "ff/nn/activation.h"

namespace ff::fused {

/// Trains a perceptron on the CPU. T is float, or double in tests.
template <class T>
class MlpEngine {
 public:
  /// With a background, the first layer's weight is laid out transposed in memory, its shape
  /// unchanged.
  MlpEngine(const MlpParts& parts,
            std::int64_t max_rows,
            Background background,
            MlpBackward backward = {});

  /// Rows for a step to fill in place.
  RowBuffer<T>& pixels() { return pixels_; }

  /// One update from the `count` rows in pixels() with labels (count); the mean loss before it.
  double train(std::int64_t count, const std::int64_t* labels);

  /// Logits (N, C) of rows (N, D).
  at::Tensor logits(const at::Tensor& rows);

 private:
  struct Layer {
    std::variant<std::monostate, DenseProduct<T>, BackgroundProduct<T>> product;
    std::optional<LearnedTensor<T>> bias;
    std::int64_t in = 0, out = 0;
    RowBuffer<T> input;  // the activations below; the first layer's are the pixels
    RowBuffer<T> z;      // products with bias, where the activation's derivative needs them
    RowBuffer<T> dz;     // gradient of the loss at them; for the last layer the logits before
    ThreadSums<T> bias_grad;
    at::Tensor feedback;    // that the error takes to or from this layer; undefined: its weight
    at::Tensor signs;       // of its weight, times feedback, where the rule takes them
    RowBuffer<T> in_signs;  // of its input, where the rule takes them
    std::optional<LearnedTensor<T>> learned;  // feedback that learns
  };

  void prepare_backward(const OptimizerOptions& optimizer,
                        const TensorDict& state,
                        std::int64_t max_rows);
  RowBuffer<T>& input(std::size_t l) { return l == 0 ? pixels_ : layers_[l].input; }
  RowBuffer<T>& output(std::size_t l);
  void products(std::size_t l, std::int64_t count);
  void forward_hidden(std::int64_t count);
  double error_at_output(std::int64_t count, const std::int64_t* labels);
  const at::Tensor& signal(std::int64_t count, const std::int64_t* labels);
  void train_layerwise(std::int64_t count);
  void train_direct(std::int64_t count, const at::Tensor& signal);
  void train_indirect(std::int64_t count, const at::Tensor& signal);
  const at::Tensor& backward_weight(std::size_t l);
  const at::Tensor& weight_input(std::size_t l, std::int64_t count);
  void take_signs_of_pixels(BackgroundProduct<T>& product, std::int64_t count);
  void update(std::size_t l, std::int64_t count);
  void through_activation(std::size_t l, std::int64_t count);

  const Kernels<T>& kernels_;
  const ActivationRows<T>* activation_;
  Background background_;
  MlpBackward backward_;
  std::vector<Layer> layers_;
  RowBuffer<T> pixels_;
  RowBuffer<T> signal_;  // what the direct and indirect path carry, where it is not the error
  std::vector<T> ones_;
};

}  // namespace ff::fused
