// The fused GPU engine of Forward-Forward: training step and label sweep as kernel launches and
// matrix products. The counterpart of ff/forward_forward/engines/cpu/goodness_engine.h, for one
// network or several of equal shape at a time.
#pragma once

#include <optional>
#include <vector>

#include "ff/engines/gpu/batches.h"
#include "ff/engines/gpu/device.h"
#include "ff/engines/gpu/memory.h"
#include "ff/engines/gpu/parameter.h"
#include "ff/forward_forward/ff_network.h"

namespace ff::gpu {

/// Returns why the GPU engine does not support the network; empty if it does.
std::string reason_against(const ModelOptions& model,
                           const LossOptions& loss,
                           const OptimizerOptions& optimizer);

/// A linear softmax classifier on the layers' activations, as in ff/forward_forward/head.h.
struct HeadParts {
  ParameterOf weight;                // (classes, features)
  std::vector<std::int64_t> layers;  // inputs: their normalised activations, in this order
};

/// Optional parts of a network besides its layers.
struct EngineExtras {
  std::optional<HeadParts> head = std::nullopt;
  const std::int64_t* dropout_seeds = nullptr;  // on the device, one per step
};

/// The layers of networks trained simultaneously, and the head of a single network. Computes in T,
/// with matrix-product operands of type X.
///
/// All functions only enqueue launches and products and never synchronise, except
/// goodness_by_label. A step can therefore be captured as a CUDA graph: what changes from step to
/// step (the batch index, Adam's step counts) is read from device memory.
template <class T, class X>
class FFEngine {
 public:
  /// `networks` have equal shapes, and tensors at `place`, where `device` computes; the tensors
  /// remain shared with them (StackedParameter). A step has at most `max_rows` samples per network.
  /// Losses and thresholds are recorded in step_log(). `extras` are allowed for a single network
  /// only. Throws c10::Error if an option is not supported.
  FFEngine(Device& device,
           const at::Device& place,
           const std::vector<FFNetwork>& networks,
           const ModelOptions& model,
           const LossOptions& loss,
           const std::vector<OptimizerOptions>& optimizers,
           std::int64_t max_rows,
           std::int64_t max_steps,
           const EngineExtras& extras = {});

  /// What a step trains: `count` parts from `first` on; the layers are followed by the head.
  struct Parts {
    std::int64_t first, count;
  };

  /// Call before the first step of an epoch: uploads learning rates, step counts and weight copies.
  void begin_epoch();
  /// Call after `steps` steps: updates the step counts of the optimizers, as saved in checkpoints.
  void end_epoch(Parts parts, std::int64_t steps);

  /// Begins a step: advances to the next batch, computes the optimizers' constants for its parts.
  void begin_step(Parts parts);

  /// Input buffer of a step: pixels for layer 0, else the output of pass_up.
  RowMemory<T, X>& rows() { return rows_; }

  /// Propagates `count` samples per network, in `memory`, from the input of layer `from` to that of
  /// `to`.
  void pass_up(const RowMemory<T, X>& memory, std::size_t from, std::size_t to, std::int64_t count);

  /// Updates `layer` once from `count` samples per network in its input buffer, the first half
  /// positives. Writes the input of the layer above.
  void train_layer(std::size_t layer, std::int64_t count);

  /// Propagates the `count` samples in rows().input(0) to the layers that feed the head.
  void forward_to_head(std::int64_t count, bool with_dropout);

  /// Updates the head once, from the output of forward_to_head() for the batch's positives, `count`
  /// samples. Before the update, draws the hard labels of the batch's negatives, if any.
  void train_head(const Batches& batches, std::int64_t count);

  /// Label sweep: goodness of one network's layers for every label, (N, D) -> (N, C, L).
  /// Synchronises.
  at::Tensor goodness_by_label(std::size_t network,
                               const at::Tensor& rows,
                               const LabelOverlay& overlay);

  const Cursor* cursor() const { return pointer<Cursor>(cursor_); }
  /// double (steps, networks, parts, 2): the mean loss before a step, and the threshold after it.
  const at::Tensor& step_log() const { return step_log_; }
  std::int64_t parts() const { return depth() + (head_ ? 1 : 0); }
  RowScale<T> input_scale() const { return normalize_input_ ? scale_ : unchanged_; }
  std::int64_t depth() const { return static_cast<std::int64_t>(layers_.size()); }
  std::int64_t networks() const { return networks_; }
  std::int64_t width_below(std::size_t layer) const { return layers_[layer].in; }
  RowMemory<T, X> make_rows(std::int64_t count) const;

 private:
  struct Layer {
    StackedParameter<T> weight, bias, threshold;
    std::optional<StackedParameter<T>> mean_activation;  // if peer normalisation is on
    at::Tensor weight_copy;                              // weight as X, if X is not T
    std::int64_t in, out;
    T goodness_scale;
  };

  struct Head {
    StackedParameter<T> weight;
    std::int64_t features, classes;
    std::vector<std::int64_t> places;  // per layer, the offset of its features; -1: none
    at::Tensor seen, logits;           // T (rows, features), T (rows, classes)
  };

  struct Sweep;

  void add_layer(const std::vector<FFNetwork>& networks,
                 std::size_t l,
                 const ModelOptions& model,
                 const std::vector<OptimizerOptions>& optimizers);
  void add_head(const HeadParts& parts, std::int64_t rows);
  void refresh_copies();
  const X* operand(const Layer& layer) const;
  Product forward_product(const Layer& layer, const X* x, T* z, std::int64_t count) const;
  void pass(const RowMemory<T, X>& memory,
            std::size_t l,
            std::int64_t count,
            X* next,
            T* features,
            const Dropout<T>& dropout);
  Dropout<T> dropout_of(std::size_t layer, bool training) const;
  const T* update_mean_activation(const Layer& layer,
                                  std::int64_t count,
                                  const Dropout<T>& dropout);
  void update(std::size_t l, const X* dz, std::int64_t count);
  void multiply_one(const Layer& layer, const Sweep& sweep, const T* x, T* z, std::int64_t rows);
  void sweep_first(const Sweep& sweep, const T* rows, std::int64_t images, T* goodness);
  void sweep_above(const Sweep& sweep, std::int64_t rows, T* goodness);

  Device& device_;
  at::Device place_;
  std::vector<FFNetwork> kept_;  // own the tensors
  std::int64_t networks_;
  std::vector<Layer> layers_;
  std::optional<Head> head_;
  std::int64_t widest_ = 0;
  int activation_, loss_;
  T temperature_, positive_sign_;
  bool normalize_input_;
  PeerOptions peer_;
  double dropout_;
  const std::int64_t* dropout_seeds_;
  RowScale<T> scale_, unchanged_;

  RowMemory<T, X> rows_;
  at::Tensor dz_;                   // X (rows, widest); if X is T, rows_.z() is used instead
  at::Tensor gradient_;             // T (networks, largest weight), or the head's
  at::Tensor row_loss_, row_grad_;  // T (networks, rows)
  at::Tensor cursor_;
  at::Tensor rules_, steps_, updates_;  // (parts, networks, 3): weight, bias, threshold
  at::Tensor step_log_;
};

}  // namespace ff::gpu
