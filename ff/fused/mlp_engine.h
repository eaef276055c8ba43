// A multilayer perceptron's forward pass, its cross-entropy and the updates of backpropagation in
// closed form, without autograd; for backpropagation and rules that resemble it.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "ff/activation.h"
#include "ff/fused/background.h"
#include "ff/fused/product.h"

namespace ff::fused {

/// A fully connected layer's tensors and the names that its optimizer's state goes by.
struct MlpLayer {
  NamedParameter weight, bias;  // (out, in), (out)
};

/// Trains layers that share an activation, none after the last, on the CPU. Tensors and optimizer
/// state are shared with their owner. T is float, or double in tests.
template <class T>
class MlpEngine {
 public:
  /// `state` is Optimizer::state() over all parameters. With a background, the first layer's weight
  /// is laid out transposed in memory, its shape unchanged.
  MlpEngine(const std::vector<MlpLayer>& layers,
            const std::string& activation,
            const OptimizerOptions& optimizer,
            const TensorDict& state,
            std::int64_t max_rows,
            Background background);

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
  };

  RowBuffer<T>& input(std::size_t l) { return l == 0 ? pixels_ : layers_[l].input; }
  RowBuffer<T>& output(std::size_t l);
  void products(std::size_t l, std::int64_t count);
  void forward_hidden(std::int64_t count);
  void update(std::size_t l, std::int64_t count);
  void backward_hidden(std::size_t l, std::int64_t count);

  const Kernels<T>& kernels_;
  const ActivationRows<T>* activation_;
  Background background_;
  std::vector<Layer> layers_;
  RowBuffer<T> pixels_;
  std::vector<T> ones_;
  std::vector<double> row_loss_;
};

}  // namespace ff::fused
