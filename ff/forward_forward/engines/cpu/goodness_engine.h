// Forward-Forward's training step and label sweep in closed form: no autograd, two matrix products
// a layer, positives and negatives in one pass, and nothing allocated once buffers are there.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "ff/engines/cpu/background.h"
#include "ff/engines/cpu/product.h"
#include "ff/engines/cpu/rectified_product.h"
#include "ff/forward_forward/network.h"

namespace ff::fused {

/// Why the fused engine cannot train such a network, whatever its layers; empty when it can.
std::string reason_against(const ModelOptions& model,
                           const LossOptions& loss,
                           const OptimizerOptions& optimizer);

/// Why it cannot train a block of these layers; empty when it can.
std::string reason_against(const std::vector<LayerOptions>& block, const ModelOptions& model);

/// Trains and evaluates an FFNetwork on the CPU. The network's tensors and its optimizers' state
/// are shared, so that checkpoints, pruning and the autograd engine see the same numbers. T is
/// float, or double for a network moved there (tests).
///
/// The gradients: with s the sum of squared activations a of a row, goodness g = q s, z its
/// distance on the wrong side (Loss), M rows,
///   dL/dz_j = (2 q / M) loss'(z) sign a_j phi'(z_j),  dL/dthreshold = -sum of loss'(z) sign / M.
template <class T>
class FFEngine {
 public:
  /// Rows of a step are at most `max_rows` (positives and negatives). With a background, the first
  /// layer's weight is laid out transposed in memory, its shape unchanged. With `precision` "bf16"
  /// (float only), dense products of training are bfloat16's; those over a background stay float32.
  /// With `sparse`, layers above a ReLU compute with what is not zero, where that is faster and
  /// products are not bfloat16's; their weights are laid out transposed too.
  FFEngine(std::vector<FFLayer> layers,
           const ModelOptions& model,
           const LossOptions& loss,
           const OptimizerOptions& optimizer,
           std::int64_t max_rows,
           Background background,
           const std::string& precision = "float32",
           bool sparse = true);

  /// All layers of a network.
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

  /// From here on the last layer's activations are handed on as they are, not normalised: for
  /// layers above that another engine trains. They are in outputs(), from before an update.
  void hand_on_raw() { raw_output_ = true; }
  RowBuffer<T>& outputs() { return last_; }

  /// Rows for a step to fill in place: of pixels with labels, not normalised.
  RowBuffer<T>& pixels() { return pixels_; }
  /// The same for a single layer above the first: what input_of gave for the rows.
  RowBuffer<T>& inputs(std::size_t layer) { return layers_[layer].input; }

  /// One update of every layer from the `count` rows in pixels(), the first half positives. The
  /// losses before the update are in losses().
  void train_all(std::int64_t count);

  /// One update of `layer` alone; its rows are in inputs(layer), or pixels() for the first.
  void train_layer(std::size_t layer, std::int64_t count);

  const std::vector<double>& losses() const { return losses_; }

  /// Keeps these layers' normalised activities, side by side, of a pass's first half of rows (the
  /// positives), or of the rows that it looks at.
  void keep_activities(const std::vector<std::int64_t>& layers);

  /// Only looks at the `count` rows in pixels(), at most activity_rows(); with units silenced as in
  /// training, or without. With kept activities alone.
  void look(std::int64_t count, bool with_dropout);
  std::int64_t activity_rows() const { return activities_.rows(); }

  /// What was kept of the first `count` rows, (count, F): of train_all from before its update.
  const at::Tensor& activities(std::int64_t count) { return activities_.first(count).rows; }

  /// From the rows in pixels() the normalised input of `layer` > 0, (count, in): into
  /// inputs(layer), and to `to` unless that is null.
  void input_of(std::size_t layer, std::int64_t count, T* to);

  /// From the rows in inputs(layer), layer > 0, the normalised input of the layer above, to `to`.
  void input_above(std::size_t layer, std::int64_t count, T* to);

  /// Goodness of every layer for every label, (N, D) -> (N, C, L), as FFNetwork::goodness_by_label.
  at::Tensor goodness_by_label(const at::Tensor& rows, const LabelOverlay& overlay);

 private:
  struct Layer {
    std::variant<std::monostate, DenseProduct<T>, BackgroundProduct<T>, RectifiedProduct<T>>
        product;
    std::optional<LearnedTensor<T>> bias, threshold;
    std::int64_t in = 0, out = 0;
    double goodness_scale = 0;
    RowBuffer<T> input;  // normalised; the first layer's is pixels_, scaled in place
    RowBuffer<T> z;      // products, then the gradient of the loss at them
    ThreadSums<T> bias_grad, scaled_sum;
    RowBuffer<std::int32_t> alive;      // 1 for a unit that dropout lets be
    T* mean_activation = nullptr;       // (out), with peer normalisation
    std::vector<std::int64_t> kept_at;  // columns of a kept row at which its activities begin
  };
  struct SweepBuffers;

  void begin_first_layer(std::int64_t count);
  void products(std::size_t l, std::int64_t count);
  T* output(std::size_t l);
  void forward(std::size_t l, std::int64_t count, bool with_dropout);
  double norm_factor(double squares, const Layer& layer) const;
  double output_factor(double squares, const Layer& layer) const;
  void activate(Layer& layer, std::int64_t row, T* a, bool with_dropout);
  void judge(const Layer& layer, std::int64_t row, std::int64_t count);
  void descend(Layer& layer, std::int64_t row, T* a, const T* extra);
  const T* peer_gradient(const Layer& layer, const T* activations, std::int64_t positives);
  double sweep(std::size_t l, std::int64_t count);
  void keep(std::size_t l, std::int64_t count);
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

  std::vector<FFLayer> modules_;  // keep the tensors
  const Kernels<T>& kernels_;
  const ActivationRows<T>* activation_;
  const Loss& loss_;
  const RowNormalization& normalize_;
  bool normalize_input_;
  double epsilon_;
  Direction direction_;
  Background background_;
  std::unique_ptr<Bf16Products> bf16_;  // of all layers; null without
  double temperature_;
  PeerOptions peer_;
  double dropout_;
  std::vector<Layer> layers_;
  RowBuffer<T> pixels_;
  RowBuffer<T> last_;  // activations of the last layer
  bool raw_output_ = false;
  std::vector<T> scale_;          // of each row of pixels_
  std::vector<double> squares_;   // of each row's activations
  std::vector<double> row_loss_;  // of each row, or of each pair at its first
  std::vector<double> row_grad_;  // dL/dgoodness of each row
  std::vector<T> peer_gradient_;  // at each unit's product, the same for every positive row
  RowBuffer<T> activities_;       // those that are kept
  std::vector<double> losses_;
};

}  // namespace ff::fused
