// A perceptron's step of backpropagation on a device that is asked for launches: what
// ff/fused/mlp_engine.h does on a CPU.
#pragma once

#include <string>
#include <vector>

#include "ff/gpu/batches.h"
#include "ff/gpu/device.h"
#include "ff/gpu/memory.h"
#include "ff/gpu/parameter.h"

namespace ff::gpu {

/// What a perceptron is made of, and how it learns: linear layers that share an activation, none
/// after the last. The tensors stay their owner's.
struct MlpParts {
  struct Layer {
    NamedParameter weight, bias;  // (out, in), (out)
  };
  std::vector<Layer> layers;
  std::string activation;
  OptimizerOptions optimizer;
  TensorDict state;  // Optimizer::state() over all parameters
};

/// In T, with products of X. As FFEngine, it only asks, and waits for nothing.
template <class T, class X>
class MlpEngine {
 public:
  MlpEngine(Device& device,
            const at::Device& place,
            const MlpParts& parts,
            std::int64_t max_rows,
            std::int64_t max_steps);

  void begin_epoch();
  void end_epoch(std::int64_t steps);
  void begin_step();

  /// Rows for a step to read into.
  X* pixels() const { return pointer<X>(layers_.front().input); }

  /// One update from the `count` rows in pixels(), which are those of the batch in work.
  void train(const Batches& batches, std::int64_t count);

  /// Logits (N, C) of rows (N, D), with the weights in float.
  at::Tensor logits(const at::Tensor& rows);

  const Cursor* cursor() const { return pointer<Cursor>(cursor_); }
  /// double (steps, 2): the mean loss before a step, and 0.
  const at::Tensor& history() const { return history_; }

 private:
  struct Layer {
    StackedParameter<T> weight, bias;
    at::Tensor weight_copy;  // X, where that is not T
    std::int64_t in, out;
    at::Tensor input;   // X (rows, in)
    at::Tensor inputs;  // T (rows, out) of the activation, where its derivative needs them
  };

  const X* operand(const Layer& layer) const;
  X* dz(std::size_t l) const { return pointer<X>(dz_[l % 2]); }
  T* z(std::size_t l) const { return pointer<T>(std::is_same_v<T, X> ? dz_[l % 2] : z_); }
  void refresh_copies();
  void multiply(
      const Operand& a, const Operand& b, T* out, std::int64_t m, std::int64_t n, std::int64_t k);
  void forward(std::int64_t count);
  void update(std::size_t l, std::int64_t count);

  Device& device_;
  at::Device place_;
  int activation_;
  bool keeps_inputs_ = false;
  std::vector<Layer> layers_;
  // X (rows, widest): the gradient at the products of two layers; and T, the products themselves
  // and gradients at a layer's input, which where X is T stand in the same place.
  at::Tensor dz_[2], z_;
  at::Tensor gradient_;  // T, of the largest weight
  at::Tensor row_loss_;  // T (rows)
  at::Tensor cursor_;
  at::Tensor rules_, steps_, updates_;  // records (layers, 3): weight, bias, and one unused
  at::Tensor history_;
};

}  // namespace ff::gpu
