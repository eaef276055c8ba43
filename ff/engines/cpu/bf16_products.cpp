#include "ff/engines/cpu/bf16_products.h"

#include <ATen/Functions.h>

namespace ff::fused {
namespace {

// Returns a view of the start of `memory` as a matrix (rows, columns).
at::Tensor matrix_in(const at::Tensor& memory, std::int64_t rows, std::int64_t columns) {
  return memory.narrow(/*dim=*/0, 0, rows * columns).view({rows, columns});
}

}  // namespace

Bf16Products::Bf16Products(std::int64_t inputs, std::int64_t outputs, std::int64_t largest)
    : inputs_(at::empty({inputs}, at::kBFloat16)),
      outputs_(at::empty({outputs}, at::kBFloat16)),
      weight_(at::empty({largest}, at::kBFloat16)) {}

void Bf16Products::forward(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& z) {
  x_ = matrix_in(inputs_, x.size(0), x.size(1));
  x_.copy_(x);
  auto rounded = matrix_in(weight_, weight.size(0), weight.size(1));
  rounded.copy_(weight);
  auto out = matrix_in(outputs_, z.size(0), z.size(1));
  at::mm_out(out, x_, rounded.t());
  z.copy_(out);
}

void Bf16Products::gradient(const at::Tensor& dz_transposed, const at::Tensor& gradient) {
  const auto dz = matrix_in(outputs_, dz_transposed.size(1), dz_transposed.size(0));
  dz.copy_(dz_transposed.t());
  auto out = matrix_in(weight_, gradient.size(0), gradient.size(1));
  at::mm_out(out, dz.t(), x_);
  gradient.copy_(out);
}

}  // namespace ff::fused
