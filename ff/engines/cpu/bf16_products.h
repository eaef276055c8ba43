// Products of a training step in bfloat16, which processors with such units do several times as
// fast: operands and results are rounded to 8 bits, what is kept of them is float32.
#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>

namespace ff::fused {

/// Serves all layers of a network, one after the other: its memory holds one layer's operands.
class Bf16Products {
 public:
  /// Room for rows x widths of at most so many entries, and for a weight of `largest`.
  Bf16Products(std::int64_t inputs, std::int64_t outputs, std::int64_t largest);

  /// z (M, out) <- x (M, in) W^T; keeps x for `gradient`.
  void forward(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& z);

  /// gradient (out, in) <- dz^T x with the last x; dz comes transposed, (out, M).
  void gradient(const at::Tensor& dz_transposed, const at::Tensor& gradient);

  /// While it lives, `forward` is left to float32: for judging, which is done by the weights as
  /// they are.
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
  at::Tensor inputs_, outputs_, weight_;  // bfloat16, flat
  at::Tensor x_;                          // (M, in) in inputs_
  bool paused_ = false;
};

}  // namespace ff::fused
