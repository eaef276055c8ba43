// Backpropagation of an MLP on a GPU: the launches of a training step. The CPU counterpart is
// baselines/engines/cpu/mlp_engine.h.
#pragma once

#include <vector>

#include "baselines/engines/mlp_parts.h"
#include "ff/engines/gpu/batches.h"
#include "ff/engines/gpu/device.h"
#include "ff/engines/gpu/memory.h"
#include "ff/engines/gpu/parameter.h"

namespace ff::gpu {

/// Enqueues launches on the device's stream and, like FFEngine, never waits for them. T is float or
/// double.
template <class T>
class MlpEngine {
 public:
  /// `max_rows`: largest batch; `max_steps`: most steps of an epoch, for step_log().
  MlpEngine(Device& device,
            const at::Device& place,
            const MlpParts& parts,
            std::int64_t max_rows,
            std::int64_t max_steps);

  /// Uploads the optimizer's rules and step counts, and moves before the first batch.
  void begin_epoch();
  /// Adds the epoch's `steps` to the optimizer's step counts.
  void end_epoch(std::int64_t steps);
  /// Advances to the next batch and computes its update factors. Call before train().
  void begin_step();

  /// Input samples (max_rows, in), which the caller fills before train().
  T* pixels() const { return pointer<T>(layers_.front().input); }

  /// One update from the first `count` samples in pixels(), which must be the current batch.
  void train(const Batches& batches, std::int64_t count);

  /// Returns the logits (N, C) of samples `rows` (N, D), by LibTorch.
  at::Tensor logits(const at::Tensor& rows);

  const Cursor* cursor() const { return pointer<Cursor>(cursor_); }
  /// double (max_steps, 2): the mean loss before each step, and 0.
  const at::Tensor& step_log() const { return step_log_; }

 private:
  struct Layer {
    StackedParameter<T> weight, bias;
    std::int64_t in, out;
    at::Tensor input;   // T (max_rows, in)
    at::Tensor inputs;  // T (max_rows, out), input of the activation, if its derivative needs it
  };

  // Products of layer l, replaced by the gradient at them; two buffers alternate between the
  // layers.
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
  at::Tensor z_[2];      // T (max_rows, widest), for two layers
  at::Tensor gradient_;  // T, of the size of the largest weight
  at::Tensor row_loss_;  // T (max_rows)
  at::Tensor cursor_;
  at::Tensor rules_, steps_, updates_;  // records (layers, 3): weight, bias and an unused one
  at::Tensor step_log_;
};

}  // namespace ff::gpu
