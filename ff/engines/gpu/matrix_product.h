// Product: a batched matrix product, the argument type of Device::multiply. No LibTorch.
#pragma once

#include <cstdint>
#include <type_traits>

#include "ff/math/bfloat16.h"

namespace ff::gpu {

enum class Number { kFloat, kDouble, kBFloat16 };

template <class T>
constexpr Number number_of() {
  if constexpr (std::is_same_v<T, double>) return Number::kDouble;
  if constexpr (std::is_same_v<T, fused::BFloat16>) return Number::kBFloat16;
  return Number::kFloat;
}

/// One row-major matrix per network, `network_stride` entries from one to the next.
struct Operand {
  const void* data;
  bool transposed;              // stored (columns, rows)
  std::int64_t network_stride;  // stride between networks, in entries
};

/// out (m, n) <- a (m, k) b (k, n), for each network.
struct Product {
  Operand a, b;
  void* out;
  std::int64_t m, n, k;
  std::int64_t networks;
  Number operands, result;

  bool operator==(const Product&) const = default;
};

/// A product of one network, all in T.
template <class T>
Product product_in(
    const Operand& a, const Operand& b, T* out, std::int64_t m, std::int64_t n, std::int64_t k) {
  return {.a = a,
          .b = b,
          .out = out,
          .m = m,
          .n = n,
          .k = k,
          .networks = 1,
          .operands = number_of<T>(),
          .result = number_of<T>()};
}

/// The product for column-major BLAS: our row-major matrices are its transposed ones, and out^T =
/// b^T a^T, so its A is our b, its B our a. Each is (rows, columns) as stored, with leading
/// dimension `rows`.
struct ColumnMajor {
  struct Matrix {
    std::int64_t rows, columns, network_stride;
  };
  Matrix a, b, out;
  bool transpose_a, transpose_b;
};

inline ColumnMajor column_major(const Product& p) {
  return {.a = p.b.transposed ? ColumnMajor::Matrix{p.k, p.n, p.b.network_stride}
                              : ColumnMajor::Matrix{p.n, p.k, p.b.network_stride},
          .b = p.a.transposed ? ColumnMajor::Matrix{p.m, p.k, p.a.network_stride}
                              : ColumnMajor::Matrix{p.k, p.m, p.a.network_stride},
          .out = {p.n, p.m, p.m * p.n},
          .transpose_a = p.b.transposed,
          .transpose_b = p.a.transposed};
}

}  // namespace ff::gpu
