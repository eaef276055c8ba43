// The inner loops of the fused engine: plain functions of arrays, without LibTorch, compiled once
// for each instruction set and chosen when the program starts.
//
// Rows are consecutive, `width` values each. T is float, or double where tests compare with
// autograd. None of the functions allocates. There are no members from the standard library here:
// its code, compiled for one processor, would be linked into the program for all.
#pragma once

#include <cstdint>
#include <string_view>

#include "ff/math/update.h"

namespace ff::fused {

/// How many rows (forward) or input columns (update) a sparse block takes together.
inline constexpr int kGroup = 4;

/// Where kGroup rows (forward) or kGroup columns of all rows (update) are not all zero: the
/// columns, or the rows. `x` is for forward the first of the rows, consecutive ones `stride` apart;
/// for update what stands there, `stride` = kGroup values for each entry.
template <class T>
struct SparseBlock {
  const std::int32_t* index;
  std::int64_t count;
  const T* x;
  std::int64_t stride;
};

/// A parameter and its optimizer's moments, or a part of them; null where the rule has none.
template <class T>
struct Parameter {
  T* value = nullptr;
  T* first = nullptr;
  T* second = nullptr;

  __attribute__((always_inline)) Parameter at(std::int64_t offset) const {
    return {value + offset, first ? first + offset : nullptr, second ? second + offset : nullptr};
  }
};

/// A layer's non-linearity on one row: forward and its derivative.
template <class T>
struct ActivationRows {
  const char* name;
  /// z += bias, a = phi(z); returns the sum of a^2. a may be null where it is not wanted.
  T (*forward)(T* z, const T* bias, T* a, std::int64_t width);
  /// a = phi(a + bias), where phi' can be told from phi (needs_input false).
  void (*forward_in_place)(T* a, const T* bias, std::int64_t width);
  /// Whether phi' needs phi's input, which must then be kept beside the activation.
  bool needs_input;
  /// Whether many activations are exactly zero.
  bool gives_zeros;
  /// z <- row_scale * (coefficient * a * phi'(z) + extra), the gradient of a loss of sum a^2 and of
  /// what else there is (null: nothing); then a *= next_scale. Adds the unscaled gradient to
  /// bias_grad, and the scaled one to scaled_sum (if any).
  void (*goodness_backward)(T* z,
                            T* a,
                            const T* extra,
                            T coefficient,
                            T next_scale,
                            T row_scale,
                            T* bias_grad,
                            T* scaled_sum,
                            std::int64_t width);
  /// grad <- grad * phi'(z); adds it to bias_grad. Where phi' does not need z, z may be null.
  void (*backward)(T* grad, const T* z, const T* a, T* bias_grad, std::int64_t width);
};

template <class T>
struct Kernels {
  const ActivationRows<T>* activations;
  int activation_count;

  /// One optimizer step over `count` entries with gradient `grad`.
  void (*update)(const Update<T>&, Parameter<T>, const T* grad, std::int64_t count);

  /// For kGroup rows of x = scale (background + sparse): z[r] = scale[r] (background base + sum
  /// over the block), columns [from, to). weight is (in, width); `base` (width) its column sums;
  /// `rows` <= kGroup are written.
  void (*sparse_forward)(const SparseBlock<T>& block,
                         const T* weight,
                         const T* base,
                         T background,
                         const T* scale,
                         T* z,
                         int rows,
                         std::int64_t width,
                         std::int64_t from,
                         std::int64_t to);

  /// For kGroup input columns: their weights' gradient, background * gradient_sum + sum over the
  /// block of values * dz, and at once the optimizer's step. weight points at the first of them;
  /// the new weights are added to `base` (width). `columns` <= kGroup are written.
  void (*sparse_update)(const SparseBlock<T>& block,
                        const T* dz,
                        const T* gradient_sum,
                        T background,
                        const Update<T>& update,
                        Parameter<T> weight,
                        T* base,
                        int columns,
                        std::int64_t width,
                        std::int64_t from,
                        std::int64_t to);

  /// to[j] = sum over u < count of value[u] * rows[index[u] * stride + j], j < width.
  void (*weighted_sum)(const std::int32_t* index,
                       const T* value,
                       std::int64_t count,
                       const T* rows,
                       std::int64_t stride,
                       T* to,
                       std::int64_t width);

  /// The columns that weighted_sum takes at once: its rows are gone through again for the next.
  std::int64_t sum_columns;

  /// How many entries are not zero.
  std::int64_t (*count_entries)(const T* x, std::int64_t width);
  /// Which these are, and their values: `count` of them, as count_entries tells.
  void (*find_entries)(
      const T* x, std::int64_t width, std::int64_t count, std::int32_t* index, T* value);

  /// z = scale (shared + value * column): a row of the label sweep.
  void (*add_label)(const T* shared, const T* column, T value, T scale, T* z, std::int64_t width);

  /// The columns at which one of `rows` rows is not zero; returns their number.
  std::int64_t (*find_columns)(
      const T* x, int rows, std::int64_t width, std::int64_t stride, std::int32_t* index);
  /// The rows at which one of `columns` consecutive columns is not zero, and what stands there,
  /// (found, kGroup); returns their number.
  std::int64_t (*find_rows)(const T* x,
                            std::int64_t rows,
                            int columns,
                            std::int64_t stride,
                            std::int32_t* index,
                            T* values);

  /// Sum of squares of a row.
  T (*sum_of_squares)(const T* x, std::int64_t width);
  /// The same, and then subtracts `background` from the row.
  T (*squares_then_subtract)(T* x, T background, std::int64_t width);
  void (*scale)(T* x, T factor, std::int64_t width);
  /// a *= factor where keep is 1, else 0; returns the new sum of squares.
  T (*drop)(T* a, const std::int32_t* keep, T factor, std::int64_t width);

  /// out = scale * factor * (sign(x + offset) - sign(offset)); a null factor is 1. out may be x.
  void (*signs)(const T* x, const T* factor, T offset, T scale, T* out, std::int64_t count);

  /// Softmax of logits z + bias, in place, minus one at `label`, times factor; adds it to
  /// bias_grad. Returns the row's cross-entropy.
  T(*cross_entropy)
  (T* z, const T* bias, std::int64_t label, T factor, T* bias_grad, std::int64_t width);

  const char* instruction_set;
};

/// The kernels for this processor.
template <class T>
const Kernels<T>& kernels();

/// All that this processor can run, the best first: `count` of them. For tests.
template <class T>
const Kernels<T>* all_kernels(int& count);

/// The row functions of an activation; null where there are none.
template <class T>
const ActivationRows<T>* find_activation_rows(std::string_view name) {
  const auto& all = kernels<T>();
  for (int i = 0; i < all.activation_count; ++i) {
    if (name == all.activations[i].name) return &all.activations[i];
  }
  return nullptr;
}

}  // namespace ff::fused
