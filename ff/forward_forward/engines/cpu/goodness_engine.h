// The fused CPU engine of Forward-Forward: training step and label sweep in closed form. No
// autograd; two matrix products per layer; positives and negatives in one batch; no allocation
// after the first step.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "ff/engines/cpu/background.h"
#include "ff/engines/cpu/product.h"
#include "ff/engines/cpu/rectified_product.h"
#include "ff/forward_forward/ff_network.h"

namespace ff::fused {

/// Returns why the fused engine does not support the network, whatever its blocks; empty if it
/// does.
std::string reason_against(const ModelOptions& model,
                           const LossOptions& loss,
                           const OptimizerOptions& optimizer);

/// Returns why the fused engine does not support a block; empty if it does.
std::string reason_against(const std::vector<LayerOptions>& block, const ModelOptions& model);

/// Trains and evaluates an FFNetwork on the CPU. Shares the network's tensors and the optimizers'
/// state, so that checkpoints, pruning and the autograd engine use the same values. T is float, or
/// double for networks converted to double (tests).
///
/// Gradients in closed form: with a = phi(z) the activations of a sample, goodness
/// g = q sum_j a_j^2, threshold theta, temperature tau, u = s (g - theta) / tau how far the sample
/// is on the wrong side (s = -1 for positives, +1 for negatives under max-ssq, and vice versa under
/// min-ssq), and M samples,
///   L = (1 / M) sum loss(u)
///   dL/dz_j   = (2 q / (M tau)) loss'(u) s a_j phi'(z_j)
///   dL/dtheta = -(1 / (M tau)) sum loss'(u) s
/// For a loss of pairs, u = s (g - g of the partner) / tau, M is the number of pairs, and theta has
/// no gradient.
template <class T>
class FFEngine {
 public:
  /// A step has at most `max_rows` samples, positives and negatives together. With a background,
  /// the first layer's weight is stored transposed in memory (its shape is unchanged). With
  /// `precision` "bf16" (float only), the dense products of training use bfloat16; those of
  /// BackgroundProduct remain float32. With `sparse`, layers above a ReLU skip zero activations
  /// where that is faster and the precision is not "bf16"; their weights are stored transposed too.
  FFEngine(std::vector<FFLayer> layers,
           const ModelOptions& model,
           const LossOptions& loss,
           const OptimizerOptions& optimizer,
           std::int64_t max_rows,
           Background background,
           const std::string& precision = "float32",
           bool sparse = true);

  /// For all layers of a network.
  FFEngine(const FFNetwork& network,
           const ModelOptions& model,
           const LossOptions& loss,
           const OptimizerOptions& optimizer,
           std::int64_t max_rows,
           Background background,
           const std::string& precision = "float32",
           bool sparse = true)
      : FFEngine(network->layers, model, loss, optimizer, max_rows, background, precision, sparse) {
  }

  /// Makes the last layer pass on its activations without normalisation, for layers above it that
  /// another engine trains. They are in outputs(), computed before the update.
  void disable_output_normalization() { raw_output_ = true; }
  RowBuffer<T>& outputs() { return last_; }

  /// Input buffer of a step: samples with labels in the pixels, not normalised.
  RowBuffer<T>& pixels() { return pixels_; }
  /// Input buffer of a single layer above the first: the output of input_of.
  RowBuffer<T>& inputs(std::size_t layer) { return layers_[layer].input; }

  /// Updates every layer once from the `count` samples in pixels(), the first half positives. The
  /// losses before the update are in losses().
  void train_all(std::int64_t count);

  /// Updates only `layer`; its input is in inputs(layer), or in pixels() for the first.
  void train_layer(std::size_t layer, std::int64_t count);

  const std::vector<double>& losses() const { return losses_; }

  /// Keeps the concatenated normalised activations of these layers, for the first half (the
  /// positives) of the samples trained on, or for all samples passed to forward_to_head().
  void keep_activities(const std::vector<std::int64_t>& layers);

  /// Forward pass only, for the `count` samples in pixels(), at most activity_rows(); optionally
  /// with dropout applied. Requires keep_activities().
  void forward_to_head(std::int64_t count, bool with_dropout);
  std::int64_t activity_rows() const { return activities_.rows(); }

  /// Returns the activations kept for the first `count` samples, (count, F); after train_all(),
  /// those before its update.
  const at::Tensor& activities(std::int64_t count) { return activities_.first(count).rows; }

  /// Computes the normalised input of `layer` > 0, (count, in), from the samples in pixels().
  /// Writes it to inputs(layer), and to `to` unless null.
  void input_of(std::size_t layer, std::int64_t count, T* to);

  /// Computes the normalised input of the layer above `layer` > 0 from inputs(layer), into `to`.
  void input_above(std::size_t layer, std::int64_t count, T* to);

  /// Label sweep: (N, D) -> (N, C, L), as FFNetwork::goodness_by_label.
  at::Tensor goodness_by_label(const at::Tensor& rows, const LabelOverlay& overlay);

 private:
  struct Layer {
    std::variant<std::monostate, DenseProduct<T>, BackgroundProduct<T>, RectifiedProduct<T>>
        product;
    std::optional<LearnedTensor<T>> bias, threshold;
    std::int64_t in = 0, out = 0;
    double goodness_scale = 0;
    RowBuffer<T> input;  // normalised; the first layer uses pixels_, scaled in place
    RowBuffer<T> z;      // preactivations, then dL/dz
    ThreadSums<T> bias_grad, scaled_sum;
    RowBuffer<std::int32_t> kept_mask;  // dropout mask: 1 for kept units
    T* mean_activation = nullptr;       // (out), if peer normalisation is on
    std::vector<std::int64_t> kept_at;  // offsets of the layer's activations in a kept row
  };
  struct SweepBuffers;

  void begin_first_layer(std::int64_t count);
  void products(std::size_t l, std::int64_t count);
  T* output(std::size_t l);
  void forward(std::size_t l, std::int64_t count, bool with_dropout);
  double norm_factor(double squares, const Layer& layer) const;
  double output_factor(double squares, const Layer& layer) const;
  void activate(Layer& layer, std::int64_t row, T* a, bool with_dropout);
  void compute_loss(const Layer& layer, std::int64_t row, std::int64_t count);
  void backpropagate(Layer& layer, std::int64_t row, T* a, const T* extra);
  const T* peer_gradient(const Layer& layer, const T* activations, std::int64_t positives);
  double loss_and_gradient(std::size_t l, std::int64_t count);
  void store_activities(std::size_t l, std::int64_t count);
  void apply(std::size_t l, std::int64_t count);
  void goodness_of_block(const T* shared,
                         const double* squares,
                         std::int64_t images,
                         const std::vector<T>& columns,
                         const std::vector<SparseWeight<T>>& sparse,
                         double label_value,
                         SweepBuffers& buffers,
                         T* goodness);
  std::int64_t depth() const { return static_cast<std::int64_t>(layers_.size()); }

  std::vector<FFLayer> modules_;  // own the tensors
  const Kernels<T>& kernels_;
  const ActivationRows<T>* activation_;
  const Loss& loss_;
  const LengthNormalization& normalize_;
  bool normalize_input_;
  double epsilon_;
  Direction direction_;
  Background background_;
  std::unique_ptr<Bf16Products> bf16_;  // shared by all layers; null for float32
  double temperature_;
  PeerOptions peer_;
  double dropout_;
  std::vector<Layer> layers_;
  RowBuffer<T> pixels_;
  RowBuffer<T> last_;  // activations of the last layer
  bool raw_output_ = false;
  std::vector<T> scale_;          // per row of pixels_
  std::vector<double> squares_;   // sum of squared activations, per row
  std::vector<double> row_loss_;  // per row; for a loss of pairs, in the positive's row
  std::vector<double> row_grad_;  // dL/dg, per row
  std::vector<T> peer_gradient_;  // dL/dz of the peer term, per unit, equal for all positives
  RowBuffer<T> activities_;       // kept activations
  std::vector<double> losses_;
};

}  // namespace ff::fused
