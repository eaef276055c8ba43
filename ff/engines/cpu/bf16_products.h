// Bf16Products: matrix products of a training step in bfloat16, several times faster on processors
// with bfloat16 units (AMX, AVX512-BF16). Operands and results are rounded to 8 significant bits;
// weights and activations remain float32.
#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>

namespace ff::fused {

/// Shared by all layers of a network, in turn: the buffers hold the operands of one layer.
class Bf16Products {
 public:
  /// Allocates buffers for layer inputs (rows x in) and outputs (rows x out) of at most `inputs`
  /// and `outputs` entries, and a weight of at most `largest`.
  Bf16Products(std::int64_t inputs, std::int64_t outputs, std::int64_t largest);

  /// z (M, out) <- x (M, in) W^T; keeps x for gradient().
  void forward(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& z);

  /// gradient (out, in) <- dz^T x, with x from the last forward(); dz is passed transposed, (out,
  /// M).
  void gradient(const at::Tensor& dz_transposed, const at::Tensor& gradient);

  /// RAII guard that makes forward products float32: evaluation uses the unrounded weights.
  class Pause {
   public:
    explicit Pause(Bf16Products* products) : products_(products) {
      if (products_) products_->paused_ = true;
    }
    ~Pause() {
      if (products_) products_->paused_ = false;
    }
    Pause(const Pause&) = delete;
    Pause& operator=(const Pause&) = delete;

   private:
    Bf16Products* products_;
  };
  bool paused() const { return paused_; }

 private:
  at::Tensor inputs_, outputs_, weight_;  // bfloat16, 1-D
  at::Tensor x_;                          // (M, in), a view of inputs_
  bool paused_ = false;
};

}  // namespace ff::fused
