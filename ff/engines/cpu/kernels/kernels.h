// Kernels: the inner loops of the fused CPU engine. Plain functions on arrays, without LibTorch,
// compiled once per instruction set and dispatched at runtime.
//
// Matrices are row-major with `width` values per row. T is float, or double in tests that compare
// with autograd. No function allocates. The standard library is avoided: its templates, compiled
// for one instruction set, could be linked into code for all processors.
#pragma once

#include <cstdint>
#include <string_view>

#include "ff/math/update.h"

namespace ff::fused {

/// Number of rows (forward) or input columns (update) that a sparse kernel processes together.
inline constexpr int kGroup = 4;

/// The columns at which some of kGroup rows are not zero (forward), or the rows at which some of
/// kGroup columns are not zero (update). For forward, `x` points to the first of the rows, `stride`
/// values apart; for update, to the values, `stride` = kGroup per index.
template <class T>
struct SparseBlock {
  const std::int32_t* index;
  std::int64_t count;
  const T* x;
  std::int64_t stride;
};

/// Pointers to a parameter and its optimizer's moments; null if the optimizer has none.
template <class T>
struct Parameter {
  T* value = nullptr;
  T* first = nullptr;
  T* second = nullptr;

  __attribute__((always_inline)) Parameter at(std::int64_t offset) const {
    return {value + offset, first ? first + offset : nullptr, second ? second + offset : nullptr};
  }
};

/// An activation function phi on one sample: forward and backward.
template <class T>
struct ActivationRows {
  const char* name;
  /// z += bias, a = phi(z); returns the sum of a^2.
  T (*forward)(T* z, const T* bias, T* a, std::int64_t width);
  /// a = phi(a + bias); for phi whose derivative is a function of a alone (needs_input false).
  void (*forward_in_place)(T* a, const T* bias, std::int64_t width);
  /// True if phi'(z) needs z, which must then be kept alongside a.
  bool needs_input;
  /// True if phi is 0 for negative z (ReLU), so that many activations are exactly zero.
  bool has_exact_zeros;
  /// z <- row_scale * (coefficient * a * phi'(z) + extra), the gradient of a loss of sum a^2 plus
  /// an additional gradient (`extra` null: none); then a *= next_scale. Adds the gradient without
  /// row_scale to bias_grad, and with row_scale to scaled_sum unless null.
  void (*goodness_backward)(T* z,
                            T* a,
                            const T* extra,
                            T coefficient,
                            T next_scale,
                            T row_scale,
                            T* bias_grad,
                            T* scaled_sum,
                            std::int64_t width);
  /// grad <- grad * phi'(z); adds it to bias_grad. z may be null if needs_input is false.
  void (*backward)(T* grad, const T* z, const T* a, T* bias_grad, std::int64_t width);
};

template <class T>
struct Kernels {
  const ActivationRows<T>* activations;
  int activation_count;

  /// Optimizer step for `count` entries with gradient `grad`.
  void (*update)(const Update<T>&, Parameter<T>, const T* grad, std::int64_t count);

  /// For kGroup samples x = scale (background + sparse): z[r] = scale[r] (background * base + sum
  /// over the block), for columns [from, to). `weight` is (in, width), `base` (width) its column
  /// sums; writes `rows` <= kGroup samples.
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

  /// For kGroup input columns: computes the weight gradient, background * gradient_sum + sum over
  /// the block of values * dz, and performs the optimizer step. `weight` points to the first
  /// column's weights; adds the new weights to `base` (width). Writes `columns` <= kGroup columns.
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

  /// to[j] = sum over u < count of value[u] * rows[index[u] * stride + j], for j < width.
  void (*weighted_sum)(const std::int32_t* index,
                       const T* value,
                       std::int64_t count,
                       const T* rows,
                       std::int64_t stride,
                       T* to,
                       std::int64_t width);

  /// Columns that weighted_sum accumulates at once; it rereads its rows for the next ones.
  std::int64_t sum_columns;

  /// Returns the number of non-zero entries.
  std::int64_t (*count_entries)(const T* x, std::int64_t width);
  /// Writes the indices and values of the `count` non-zero entries; `count` as from count_entries.
  void (*find_entries)(
      const T* x, std::int64_t width, std::int64_t count, std::int32_t* index, T* value);

  /// z = scale (shared + value * column): the first layer of the label sweep.
  void (*add_label)(const T* shared, const T* column, T value, T scale, T* z, std::int64_t width);

  /// Writes the columns at which some of `rows` rows is not zero; returns their number.
  std::int64_t (*find_columns)(
      const T* x, int rows, std::int64_t width, std::int64_t stride, std::int32_t* index);
  /// Writes the rows at which some of `columns` consecutive columns is not zero, and their values,
  /// (found, kGroup); returns their number.
  std::int64_t (*find_rows)(const T* x,
                            std::int64_t rows,
                            int columns,
                            std::int64_t stride,
                            std::int32_t* index,
                            T* values);

  /// Returns the sum of squares.
  T (*sum_of_squares)(const T* x, std::int64_t width);
  /// Returns the sum of squares of x, then subtracts `background` from x.
  T (*squares_then_subtract)(T* x, T background, std::int64_t width);
  void (*scale)(T* x, T factor, std::int64_t width);
  /// Dropout: a *= factor where keep is 1, a = 0 where it is 0; returns the new sum of squares.
  T (*drop)(T* a, const std::int32_t* keep, T factor, std::int64_t width);

  /// out = scale * factor * (sign(x + offset) - sign(offset)); factor null means 1. out may alias
  /// x.
  void (*signs)(const T* x, const T* factor, T offset, T scale, T* out, std::int64_t count);

  /// z <- factor * (softmax(z + bias) - one_hot(label)), the gradient of the cross-entropy; adds it
  /// to bias_grad. Returns the sample's cross-entropy.
  T(*cross_entropy)
  (T* z, const T* bias, std::int64_t label, T factor, T* bias_grad, std::int64_t width);

  const char* instruction_set;
};

/// Returns the kernels for the best instruction set of this processor.
template <class T>
const Kernels<T>& kernels();

/// Returns all kernels that this processor can run, the best first, and their number. For tests.
template <class T>
const Kernels<T>* all_kernels(int& count);

/// Returns the functions of the activation called `name`; null if there are none.
template <class T>
const ActivationRows<T>* find_activation_rows(std::string_view name) {
  const auto& all = kernels<T>();
  for (int i = 0; i < all.activation_count; ++i) {
    if (name == all.activations[i].name) return &all.activations[i];
  }
  return nullptr;
}

}  // namespace ff::fused
