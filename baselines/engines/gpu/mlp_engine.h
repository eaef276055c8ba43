// A perceptron's step of backpropagation on a device that is asked for launches: what
// baselines/engines/cpu/mlp_engine.h does on a CPU.
#pragma once

#include <vector>

#include "baselines/engines/mlp_parts.h"
#include "ff/engines/gpu/batches.h"
#include "ff/engines/gpu/device.h"
#include "ff/engines/gpu/memory.h"
#include "ff/engines/gpu/parameter.h"

namespace ff::gpu {

/// In T. As FFEngine, it only asks, and waits for nothing.
template <class T>
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
  T* pixels() const { return pointer<T>(layers_.front().input); }

  /// One update from the `count` rows in pixels(), which are those of the batch in work.
  void train(const Batches& batches, std::int64_t count);

  /// Logits (N, C) of rows (N, D).
  at::Tensor logits(const at::Tensor& rows);

  const Cursor* cursor() const { return pointer<Cursor>(cursor_); }
  /// double (steps, 2): the mean loss before a step, and 0.
  const at::Tensor& history() const { return history_; }

 private:
  struct Layer {
    StackedParameter<T> weight, bias;
    std::int64_t in, out;
    at::Tensor input;   // T (rows, in)
    at::Tensor inputs;  // T (rows, out) of the activation, where its derivative needs them
  };

  // The products of a layer, and the gradient at them, which takes their place.
  T* z(std::size_t l) const { return pointer<T>(z_[l % 2]); }
  void multiply(
      const Operand& a, const Operand& b, T* out, std::int64_t m, std::int64_t n, std::int64_t k);
  void forward(std::int64_t count);
  void update(std::size_t l, std::int64_t count);

  Device& device_;
  at::Device place_;
  int activation_;
  bool keeps_inputs_ = false;
  std::vector<Layer> layers_;
  at::Tensor z_[2];      // T (rows, widest), of two layers
  at::Tensor gradient_;  // T, of the largest weight
  at::Tensor row_loss_;  // T (rows)
  at::Tensor cursor_;
  at::Tensor rules_, steps_, updates_;  // records (layers, 3): weight, bias, and one unused
  at::Tensor history_;
};

}  // namespace ff::gpu
