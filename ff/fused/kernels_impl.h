// The bodies of the kernels, included by one .cpp file per instruction set, which defines
// FF_ISA (a namespace), FF_ISA_NAME, FF_VECTOR_BYTES and FF_COLUMNS (vectors per sparse tile).
#include <cmath>
#include <cstring>

#include "ff/fused/kernels.h"

namespace ff::fused::FF_ISA {

// Vectors of the full width, and of 16 bytes for what is left at the end of a row.
constexpr int kWide = FF_VECTOR_BYTES, kNarrow = 16;

template <class T, int kBytes>
struct VectorOf {
  typedef T type __attribute__((vector_size(kBytes)));
};
template <class T, int kBytes>
using Vector = typename VectorOf<T, kBytes>::type;
template <class T, int kBytes>
inline constexpr int kLanes = kBytes / static_cast<int>(sizeof(T));

template <int kBytes, class T>
inline Vector<T, kBytes> load(const T* from) {
  Vector<T, kBytes> v;
  std::memcpy(&v, from, sizeof v);
  return v;
}
template <int kBytes, class T>
inline void store(T* to, const Vector<T, kBytes>& v) {
  std::memcpy(to, &v, sizeof v);
}

// ---- non-linearities; `relu` alone is what the talk needs fast ----

struct Relu {
  static constexpr bool needs_input = false;
  static constexpr const char* name = "relu";
  template <class T>
  static T value(T z) {
    return z > 0 ? z : T(0);
  }
  template <class T>
  static T slope(T, T a) {
    return a > 0 ? T(1) : T(0);
  }
};
struct Tanh {
  static constexpr bool needs_input = false;
  static constexpr const char* name = "tanh";
  template <class T>
  static T value(T z) {
    return std::tanh(z);
  }
  template <class T>
  static T slope(T, T a) {
    return 1 - a * a;
  }
};
struct Sigmoid {
  static constexpr bool needs_input = false;
  static constexpr const char* name = "sigmoid";
  template <class T>
  static T value(T z) {
    return 1 / (1 + std::exp(-z));
  }
  template <class T>
  static T slope(T, T a) {
    return a * (1 - a);
  }
};
struct Softplus {
  static constexpr bool needs_input = false;  // linear above 20, as in PyTorch
  static constexpr const char* name = "softplus";
  template <class T>
  static T value(T z) {
    return z > 20 ? z : std::log1p(std::exp(z));
  }
  template <class T>
  static T slope(T, T a) {  // the sigmoid of z
    return a > 20 ? T(1) : -std::expm1(-a);
  }
};
struct Gelu {
  static constexpr bool needs_input = true;
  static constexpr const char* name = "gelu";
  template <class T>
  static T cdf(T z) {
    return T(0.5) * (1 + std::erf(z * T(0.70710678118654752440)));
  }
  template <class T>
  static T value(T z) {
    return z * cdf(z);
  }
  template <class T>
  static T slope(T z, T) {
    return cdf(z) + z * T(0.39894228040143267794) * std::exp(T(-0.5) * z * z);
  }
};

template <class Phi, class T>
T forward(T* __restrict z, const T* __restrict bias, T* __restrict a, std::int64_t width) {
  T sum = 0;
#pragma omp simd reduction(+ : sum)
  for (std::int64_t j = 0; j < width; ++j) {
    z[j] += bias[j];
    const T v = Phi::value(z[j]);
    a[j] = v;
    sum += v * v;
  }
  return sum;
}

template <class Phi, class T>
void goodness_backward(T* __restrict z,
                       T* __restrict a,
                       T coefficient,
                       T next_scale,
                       T row_scale,
                       T* __restrict bias_grad,
                       T* __restrict scaled_sum,
                       std::int64_t width) {
  if (scaled_sum) {
#pragma omp simd
    for (std::int64_t j = 0; j < width; ++j) {
      const T grad = coefficient * a[j] * Phi::slope(z[j], a[j]);
      bias_grad[j] += grad;
      z[j] = row_scale * grad;
      scaled_sum[j] += row_scale * grad;
      a[j] *= next_scale;
    }
    return;
  }
#pragma omp simd
  for (std::int64_t j = 0; j < width; ++j) {
    const T grad = coefficient * a[j] * Phi::slope(z[j], a[j]);
    bias_grad[j] += grad;
    z[j] = grad;
    a[j] *= next_scale;
  }
}

template <class Phi, class T>
void forward_in_place(T* __restrict a, const T* __restrict bias, std::int64_t width) {
#pragma omp simd
  for (std::int64_t j = 0; j < width; ++j) a[j] = Phi::value(a[j] + bias[j]);
}

template <class Phi, class T>
void backward(T* __restrict grad,
              const T* __restrict z,
              const T* __restrict a,
              T* __restrict bias_grad,
              std::int64_t width) {
#pragma omp simd
  for (std::int64_t j = 0; j < width; ++j) {
    const T dz = grad[j] * Phi::slope(Phi::needs_input ? z[j] : T(0), a[j]);
    grad[j] = dz;
    bias_grad[j] += dz;
  }
}

// ---- optimizers ----

template <bool kAdam, class T>
inline T step(const Update<T>& u, T& value, T grad, T& first, T& second) {
  grad += u.weight_decay * value;
  if constexpr (kAdam) {
    first += (grad - first) * u.first_gain;
    second = second * u.second_decay + grad * grad * u.second_gain;
    value -= u.rate * first / (std::sqrt(second) * u.root_scale + u.epsilon);
  } else {
    first = first * u.first_decay + grad;
    value -= u.rate * first;
  }
  return value;
}

template <class T>
void update(const Update<T>& u, Parameter<T> p, const T* __restrict grad, std::int64_t count) {
  T* __restrict value = p.value;
  T* __restrict first = p.first;
  T* __restrict second = p.second;
  if (u.adam) {
#pragma omp simd
    for (std::int64_t i = 0; i < count; ++i) step<true>(u, value[i], grad[i], first[i], second[i]);
  } else if (first) {
#pragma omp simd
    for (std::int64_t i = 0; i < count; ++i) {
      T unused = 0;
      step<false>(u, value[i], grad[i], first[i], unused);
    }
  } else {
#pragma omp simd
    for (std::int64_t i = 0; i < count; ++i) {
      value[i] -= u.rate * (grad[i] + u.weight_decay * value[i]);
    }
  }
}

// ---- the first layer over a background ----

// One tile: kGroup rows by kVectors vectors of columns, accumulated in registers.
template <int kBytes, int kVectors, class T>
inline void forward_tile(const SparseBlock<T>& block,
                         const T* weight,
                         const T* base,
                         T background,
                         const T* scale,
                         T* z,
                         int rows,
                         std::int64_t width) {
  constexpr int kV = kLanes<T, kBytes>;
  Vector<T, kBytes> sum[kGroup][kVectors] = {};
  const T* x[kGroup];  // past the last row the last one again: what it gives is not stored
  for (int r = 0; r < kGroup; ++r) x[r] = block.x + (r < rows ? r : rows - 1) * block.stride;
  for (std::int64_t u = 0; u < block.count; ++u) {
    const auto k = block.index[u];
    const T* row = weight + k * width;
    Vector<T, kBytes> w[kVectors];
    for (int v = 0; v < kVectors; ++v) w[v] = load<kBytes>(row + v * kV);
    for (int r = 0; r < kGroup; ++r) {
      for (int v = 0; v < kVectors; ++v) sum[r][v] += x[r][k] * w[v];
    }
  }
  for (int r = 0; r < rows; ++r) {
    for (int v = 0; v < kVectors; ++v) {
      store<kBytes, T>(z + r * width + v * kV,
                       scale[r] * (background * load<kBytes>(base + v * kV) + sum[r][v]));
    }
  }
}

template <class T>
void sparse_forward(const SparseBlock<T>& block,
                    const T* weight,
                    const T* base,
                    T background,
                    const T* scale,
                    T* z,
                    int rows,
                    std::int64_t width,
                    std::int64_t from,
                    std::int64_t to) {
  constexpr int kV = kLanes<T, kWide>;
  std::int64_t j = from;
  for (; j + FF_COLUMNS * kV <= to; j += FF_COLUMNS * kV) {
    forward_tile<kWide, FF_COLUMNS>(
        block, weight + j, base + j, background, scale, z + j, rows, width);
  }
  for (; j + kV <= to; j += kV) {
    forward_tile<kWide, 1>(block, weight + j, base + j, background, scale, z + j, rows, width);
  }
  constexpr int kN = kLanes<T, kNarrow>;
  for (; j + kN <= to; j += kN) {
    forward_tile<kNarrow, 1>(block, weight + j, base + j, background, scale, z + j, rows, width);
  }
  for (; j < to; ++j) {
    for (int r = 0; r < rows; ++r) {
      T sum = 0;
      for (std::int64_t u = 0; u < block.count; ++u) {
        sum += block.x[r * block.stride + block.index[u]] * weight[block.index[u] * width + j];
      }
      z[r * width + j] = scale[r] * (background * base[j] + sum);
    }
  }
}

template <bool kAdam, int kBytes, int kVectors, class T>
inline void update_tile(const SparseBlock<T>& block,
                        const T* dz,
                        const T* gradient_sum,
                        T background,
                        const Update<T>& u,
                        Parameter<T> p,
                        T* base,
                        int columns,
                        std::int64_t width) {
  constexpr int kV = kLanes<T, kBytes>;
  Vector<T, kBytes> grad[kGroup][kVectors];
  for (int v = 0; v < kVectors; ++v) {
    const auto start = background * load<kBytes>(gradient_sum + v * kV);
    for (int c = 0; c < kGroup; ++c) grad[c][v] = start;
  }
  const T* values = block.x;
  for (std::int64_t i = 0; i < block.count; ++i, values += kGroup) {
    const T* row = dz + block.index[i] * width;
    Vector<T, kBytes> d[kVectors];
    for (int v = 0; v < kVectors; ++v) d[v] = load<kBytes>(row + v * kV);
    for (int c = 0; c < kGroup; ++c) {
      for (int v = 0; v < kVectors; ++v) grad[c][v] += values[c] * d[v];
    }
  }
  T flat[kVectors * kV];
  for (int c = 0; c < columns; ++c) {
    for (int v = 0; v < kVectors; ++v) store<kBytes, T>(flat + v * kV, grad[c][v]);
    T* __restrict value = p.value + c * width;
    T* __restrict first = p.first ? p.first + c * width : nullptr;
    T* __restrict second = p.second ? p.second + c * width : nullptr;
    if constexpr (kAdam) {
#pragma omp simd
      for (int j = 0; j < kVectors * kV; ++j) {
        base[j] += step<true>(u, value[j], flat[j], first[j], second[j]);
      }
    } else {
      T none = 0;
      for (int j = 0; j < kVectors * kV; ++j) {
        T zero = 0;
        base[j] += step<false>(u, value[j], flat[j], first ? first[j] : zero, none);
      }
    }
  }
}

template <bool kAdam, class T>
void sparse_update_of(const SparseBlock<T>& block,
                      const T* dz,
                      const T* gradient_sum,
                      T background,
                      const Update<T>& u,
                      Parameter<T> p,
                      T* base,
                      int columns,
                      std::int64_t width,
                      std::int64_t from,
                      std::int64_t to) {
  constexpr int kV = kLanes<T, kWide>;
  std::int64_t j = from;
  for (; j + FF_COLUMNS * kV <= to; j += FF_COLUMNS * kV) {
    update_tile<kAdam, kWide, FF_COLUMNS>(
        block, dz + j, gradient_sum + j, background, u, p.at(j), base + j, columns, width);
  }
  for (; j + kV <= to; j += kV) {
    update_tile<kAdam, kWide, 1>(
        block, dz + j, gradient_sum + j, background, u, p.at(j), base + j, columns, width);
  }
  constexpr int kN = kLanes<T, kNarrow>;
  for (; j + kN <= to; j += kN) {
    update_tile<kAdam, kNarrow, 1>(
        block, dz + j, gradient_sum + j, background, u, p.at(j), base + j, columns, width);
  }
  for (; j < to; ++j) {
    for (int c = 0; c < columns; ++c) {
      T grad = background * gradient_sum[j];
      for (std::int64_t i = 0; i < block.count; ++i) {
        grad += block.x[i * kGroup + c] * dz[block.index[i] * width + j];
      }
      const auto at = p.at(c * width + j);
      T none = 0;
      base[j] += step<kAdam>(
          u, *at.value, grad, at.first ? *at.first : none, at.second ? *at.second : none);
    }
  }
}

template <class T>
void sparse_update(const SparseBlock<T>& block,
                   const T* dz,
                   const T* gradient_sum,
                   T background,
                   const Update<T>& u,
                   Parameter<T> p,
                   T* base,
                   int columns,
                   std::int64_t width,
                   std::int64_t from,
                   std::int64_t to) {
  const auto run = u.adam ? sparse_update_of<true, T> : sparse_update_of<false, T>;
  run(block, dz, gradient_sum, background, u, p, base, columns, width, from, to);
}

// ---- rows ----

template <class T>
void add_label(const T* __restrict shared,
               const T* __restrict column,
               T value,
               T scale,
               T* __restrict z,
               std::int64_t width) {
#pragma omp simd
  for (std::int64_t j = 0; j < width; ++j) z[j] = scale * (shared[j] + value * column[j]);
}

template <class T>
T sum_of_squares(const T* x, std::int64_t width) {
  T sum = 0;
#pragma omp simd reduction(+ : sum)
  for (std::int64_t j = 0; j < width; ++j) sum += x[j] * x[j];
  return sum;
}

template <class T>
T squares_then_subtract(T* x, T background, std::int64_t width) {
  T sum = 0;
#pragma omp simd reduction(+ : sum)
  for (std::int64_t j = 0; j < width; ++j) {
    sum += x[j] * x[j];
    x[j] -= background;
  }
  return sum;
}

// Every index is written and only those wanted are kept, by moving on: no branch to mispredict.
template <class T>
std::int64_t find_columns(
    const T* x, int rows, std::int64_t width, std::int64_t stride, std::int32_t* index) {
  constexpr std::int64_t kChunk = 256;
  std::uint8_t any[kChunk];
  std::int64_t found = 0;
  for (std::int64_t begin = 0; begin < width; begin += kChunk) {
    const auto count = width - begin < kChunk ? width - begin : kChunk;
    const T* from = x + begin;
#pragma omp simd
    for (std::int64_t k = 0; k < count; ++k) any[k] = from[k] != 0;
    for (int r = 1; r < rows; ++r) {
      const T* row = from + r * stride;
#pragma omp simd
      for (std::int64_t k = 0; k < count; ++k) any[k] |= row[k] != 0;
    }
    for (std::int64_t k = 0; k < count; ++k) {
      index[found] = static_cast<std::int32_t>(begin + k);
      found += any[k];
    }
  }
  return found;
}

template <class T>
std::int64_t find_rows(const T* x,
                       std::int64_t rows,
                       int columns,
                       std::int64_t stride,
                       std::int32_t* index,
                       T* values) {
  std::int64_t found = 0;
  for (std::int64_t r = 0; r < rows; ++r, x += stride) {
    bool any = false;
    T* to = values + found * kGroup;
    if (columns == kGroup) {
      for (int c = 0; c < kGroup; ++c) {
        to[c] = x[c];
        any |= x[c] != 0;
      }
    } else {
      for (int c = 0; c < kGroup; ++c) {
        to[c] = c < columns ? x[c] : T(0);
        any |= to[c] != 0;
      }
    }
    index[found] = static_cast<std::int32_t>(r);
    found += any;
  }
  return found;
}

template <class T>
void scale(T* x, T factor, std::int64_t width) {
#pragma omp simd
  for (std::int64_t j = 0; j < width; ++j) x[j] *= factor;
}

template <class T>
T cross_entropy(
    T* z, const T* bias, std::int64_t label, T factor, T* bias_grad, std::int64_t width) {
  T top = z[0] + bias[0];
  for (std::int64_t j = 0; j < width; ++j) {
    z[j] += bias[j];
    top = z[j] > top ? z[j] : top;
  }
  T sum = 0;
  const T right = z[label] - top;
  for (std::int64_t j = 0; j < width; ++j) {
    z[j] = std::exp(z[j] - top);
    sum += z[j];
  }
  for (std::int64_t j = 0; j < width; ++j) {
    z[j] = factor * (z[j] / sum - (j == label ? T(1) : T(0)));
    bias_grad[j] += z[j];
  }
  return std::log(sum) - right;
}

template <class Phi, class T>
ActivationRows<T> rows_of() {
  return {Phi::name,
          forward<Phi, T>,
          forward_in_place<Phi, T>,
          Phi::needs_input,
          Phi::value(T(-1)) == 0,
          goodness_backward<Phi, T>,
          backward<Phi, T>};
}

template <class T>
Kernels<T> make() {
  static const ActivationRows<T> activations[] = {rows_of<Relu, T>(),
                                                  rows_of<Tanh, T>(),
                                                  rows_of<Sigmoid, T>(),
                                                  rows_of<Softplus, T>(),
                                                  rows_of<Gelu, T>()};
  return {activations,
          sizeof activations / sizeof *activations,
          update<T>,
          sparse_forward<T>,
          sparse_update<T>,
          add_label<T>,
          find_columns<T>,
          find_rows<T>,
          sum_of_squares<T>,
          squares_then_subtract<T>,
          scale<T>,
          cross_entropy<T>,
          FF_ISA_NAME};
}

Kernels<float> float_kernels() { return make<float>(); }
Kernels<double> double_kernels() { return make<double>(); }

}  // namespace ff::fused::FF_ISA
