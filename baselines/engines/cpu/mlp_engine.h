// Training of an MLP in closed form, without autograd, on the CPU: forward pass, cross-entropy,
// backpropagation or a rule that differs from it in the backward pass, and the updates.
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

/// Trains an MLP on the CPU by the update that MlpBackward describes. T is float, or double in
/// tests.
template <class T>
class MlpEngine {
 public:
  /// With a background value, the first layer is a sparse product and its weight is transposed in
  /// memory; its shape does not change. Batches have at most `max_rows` samples.
  MlpEngine(const MlpParts& parts,
            std::int64_t max_rows,
            Background background,
            MlpBackward backward = {});

  /// Input samples (max_rows, in), which the caller fills in place before train().
  RowBuffer<T>& pixels() { return pixels_; }

  /// One update from the first `count` samples in pixels() with labels (count); returns the mean
  /// loss before it.
  double train(std::int64_t count, const std::int64_t* labels);

  /// Returns the logits (N, C) of samples `rows` (N, D).
  at::Tensor logits(const at::Tensor& rows);

 private:
  struct Layer {
    std::variant<std::monostate, DenseProduct<T>, BackgroundProduct<T>> product;
    std::optional<LearnedTensor<T>> bias;
    std::int64_t in = 0, out = 0;
    RowBuffer<T> input;  // activations of the layer below; the first layer's are pixels_
    RowBuffer<T> z;      // input of the activation, if its derivative needs it
    RowBuffer<T> dz;     // gradient before the activation; in the last layer first the logits
    ThreadSums<T> bias_grad;
    at::Tensor feedback;    // feedback matrix of the layer; undefined: its weight
    at::Tensor signs;       // signs of the weight times the feedback, if the rule uses them
    RowBuffer<T> in_signs;  // signs of the input, if the rule uses them
    std::optional<LearnedTensor<T>> learned;  // feedback that the optimizer updates
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
  void extract_pixel_signs(BackgroundProduct<T>& product, std::int64_t count);
  void update(std::size_t l, std::int64_t count);
  void through_activation(std::size_t l, std::int64_t count);

  const Kernels<T>& kernels_;
  const ActivationRows<T>* activation_;
  Background background_;
  MlpBackward backward_;
  std::vector<Layer> layers_;
  RowBuffer<T> pixels_;
  RowBuffer<T> signal_;  // signal of the direct and indirect paths, if it is not the error
  std::vector<T> ones_;
};

}  // namespace ff::fused
