// Forward-Forward's training step and label sweep on a device that is asked for launches: what
// ff/forward_forward/engines/cpu/goodness_engine.h does on a CPU, for one network or several of one
// shape at a time.
#pragma once

#include <optional>
#include <vector>

#include "ff/engines/gpu/batches.h"
#include "ff/engines/gpu/device.h"
#include "ff/engines/gpu/memory.h"
#include "ff/engines/gpu/parameter.h"
#include "ff/forward_forward/network.h"

namespace ff::gpu {

/// Why the engine for GPUs cannot train such a network; empty when it can.
std::string reason_against(const ModelOptions& model,
                           const LossOptions& loss,
                           const OptimizerOptions& optimizer);

/// A linear softmax classifier on what layers give, as ff/forward_forward/head.h has it.
struct HeadParts {
  ParameterOf weight;                // (classes, features)
  std::vector<std::int64_t> layers;  // whose normalised activities it sees, in this order
};

/// What a network has beside its layers.
struct EngineExtras {
  std::optional<HeadParts> head = std::nullopt;
  const std::int64_t* dropout_seeds = nullptr;  // on the device, one for each step
};

/// The layers of networks that train together, in T, with products of X, and a network's head.
///
/// Everything it is asked for is launches and products; it waits for nothing. So a step can be
/// recorded: what changes from step to step (the batch, Adam's counts) is read on the device.
template <class T, class X>
class FFEngine {
 public:
  /// Networks of one shape, their tensors at `place`, which is where `device` computes; all tensors
  /// stay the networks' own (StackedParameter). Steps have at most `max_rows` rows a network.
  /// Losses and thresholds go to records of a step's number, networks, parts and two doubles.
  /// Extras are for a network alone.
  FFEngine(Device& device,
           const at::Device& place,
           const std::vector<FFNetwork>& networks,
           const ModelOptions& model,
           const LossOptions& loss,
           const std::vector<OptimizerOptions>& optimizers,
           std::int64_t max_rows,
           std::int64_t max_steps,
           const EngineExtras& extras = {});

  /// What a step trains: `count` parts from `first` on, the layers and after them the head.
  struct Parts {
    std::int64_t first, count;
  };

  /// Before the first step of an epoch: takes over learning rates, counts of steps and weights.
  void begin_epoch();
  /// After `steps` steps: counts them where checkpoints look.
  void end_epoch(Parts parts, std::int64_t steps);

  /// Begins a step: the next batch, and the constants of its parts' optimizers.
  void begin_step(Parts parts);

  /// Rows for a step to read into: of layer 0 pixels, else what pass_up gives.
  RowMemory<T, X>& rows() { return rows_; }

  /// Takes `count` rows a network from the input of layer `from` up to that of `to`, in `memory`.
  void pass_up(const RowMemory<T, X>& memory, std::size_t from, std::size_t to, std::int64_t count);

  /// One update of `layer` from `count` rows a network in its input, the first half positives; the
  /// layer above finds its input there.
  void train_layer(std::size_t layer, std::int64_t count);

  /// Takes `count` rows in rows().input(0) up to the layers that the head sees.
  void look(std::int64_t count, bool with_dropout);

  /// One update of the head from what it sees of the batch's positives, `count` rows, and the
  /// labels of its negatives, where they are drawn by the head. By the weights before the update.
  void train_head(const Batches& batches, std::int64_t count);

  /// Goodness of every layer of one network for every label, rows (N, D) -> (N, C, L).
  at::Tensor goodness_by_label(std::size_t network,
                               const at::Tensor& rows,
                               const LabelOverlay& overlay);

  const Cursor* cursor() const { return pointer<Cursor>(cursor_); }
  /// double (steps, networks, parts, 2): the mean loss before a step, the threshold after it.
  const at::Tensor& history() const { return history_; }
  std::int64_t parts() const { return depth() + (head_ ? 1 : 0); }
  RowScale<T> input_scale() const { return normalize_input_ ? scale_ : unchanged_; }
  std::int64_t depth() const { return static_cast<std::int64_t>(layers_.size()); }
  std::int64_t networks() const { return networks_; }
  std::int64_t width_below(std::size_t layer) const { return layers_[layer].in; }
  RowMemory<T, X> make_rows(std::int64_t count) const;

 private:
  struct Layer {
    StackedParameter<T> weight, bias, threshold;
    std::optional<StackedParameter<T>> mean_activation;  // with peer normalisation
    at::Tensor weight_copy;                              // X, where that is not T
    std::int64_t in, out;
    T goodness_scale;
  };

  struct Head {
    StackedParameter<T> weight;
    std::int64_t features, classes;
    std::vector<std::int64_t> places;  // of each layer, where its features begin; -1: none
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
  std::vector<FFNetwork> kept_;  // keeps the tensors
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
  at::Tensor dz_;                   // X (rows, widest); products' own where X is T
  at::Tensor gradient_;             // T (networks, largest weight), or the head's
  at::Tensor row_loss_, row_grad_;  // T (networks, rows)
  at::Tensor cursor_;
  at::Tensor rules_, steps_, updates_;  // records (parts, networks, 3) of the parameters
  at::Tensor history_;
};

}  // namespace ff::gpu
