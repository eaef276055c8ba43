// The bodies of the kernels, included by one .cpp file per instruction set, which defines
// FF_ISA (a namespace), FF_ISA_NAME, FF_VECTOR_BYTES and FF_COLUMNS (vectors per sparse tile).
#include <cmath>
#include <cstring>

#include "ff/fused/kernels.h"

namespace ff::fused::FF_ISA {

template <class T>
struct VectorOf {
  typedef T type __attribute__((vector_size(FF_VECTOR_BYTES)));
};
template <class T>
using Vector = typename VectorOf<T>::type;
template <class T>
inline constexpr int kLanes = FF_VECTOR_BYTES / sizeof(T);

template <class T>
inline Vector<T> load(const T* from) {
  Vector<T> v;
  std::memcpy(&v, from, sizeof v);
  return v;
}
template <class T>
inline void store(T* to, const Vector<T>& v) {
  std::memcpy(to, &v, sizeof v);
}

// ---- non-linearities; `relu` alone is what the talk needs fast ----

struct Relu {
  static constexpr const char* name = "relu";
  template <class T>
  static T value(T z) {
    return z > 0 ? z : T(0);
  }
  template <class T>
  static T slope(T z, T) {
    return z > 0 ? T(1) : T(0);
  }
};
struct Tanh {
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
struct Softplus {  // linear above 20, as in PyTorch
  static constexpr const char* name = "softplus";
  template <class T>
  static T value(T z) {
    return z > 20 ? z : std::log1p(std::exp(z));
  }
  template <class T>
  static T slope(T z, T) {
    return z > 20 ? T(1) : 1 / (1 + std::exp(-z));
  }
};
struct Gelu {
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
void backward(T* __restrict z,
              const T* __restrict a,
              const T* __restrict grad,
              T* __restrict bias_grad,
              std::int64_t width) {
#pragma omp simd
  for (std::int64_t j = 0; j < width; ++j) {
    const T dz = grad[j] * Phi::slope(z[j], a[j]);
    z[j] = dz;
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
template <int kVectors, class T>
inline void forward_tile(const SparseBlock<T>& block,
                         const T* weight,
                         const T* base,
                         T background,
                         const T* scale,
                         T* z,
                         int rows,
                         std::int64_t width) {
  constexpr int kV = kLanes<T>;
  Vector<T> sum[kGroup][kVectors] = {};
  const T* values = block.values;
  for (std::int64_t u = 0; u < block.count; ++u, values += kGroup) {
    const T* row = weight + block.index[u] * width;
    Vector<T> w[kVectors];
    for (int v = 0; v < kVectors; ++v) w[v] = load(row + v * kV);
    for (int r = 0; r < kGroup; ++r) {
      for (int v = 0; v < kVectors; ++v) sum[r][v] += values[r] * w[v];
    }
  }
  for (int r = 0; r < rows; ++r) {
    for (int v = 0; v < kVectors; ++v) {
      store<T>(z + r * width + v * kV, scale[r] * (background * load(base + v * kV) + sum[r][v]));
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
  constexpr int kV = kLanes<T>;
  std::int64_t j = from;
  for (; j + FF_COLUMNS * kV <= to; j += FF_COLUMNS * kV) {
    forward_tile<FF_COLUMNS>(block, weight + j, base + j, background, scale, z + j, rows, width);
  }
  for (; j + kV <= to; j += kV) {
    forward_tile<1>(block, weight + j, base + j, background, scale, z + j, rows, width);
  }
  for (; j < to; ++j) {
    for (int r = 0; r < rows; ++r) {
      T sum = 0;
      for (std::int64_t u = 0; u < block.count; ++u) {
        sum += block.values[u * kGroup + r] * weight[block.index[u] * width + j];
      }
      z[r * width + j] = scale[r] * (background * base[j] + sum);
    }
  }
}

template <bool kAdam, int kVectors, class T>
inline void update_tile(const SparseBlock<T>& block,
                        const T* dz,
                        const T* gradient_sum,
                        T background,
                        const Update<T>& u,
                        Parameter<T> p,
                        T* base,
                        int columns,
                        std::int64_t width) {
  constexpr int kV = kLanes<T>;
  Vector<T> grad[kGroup][kVectors];
  for (int v = 0; v < kVectors; ++v) {
    const auto start = background * load(gradient_sum + v * kV);
    for (int c = 0; c < kGroup; ++c) grad[c][v] = start;
  }
  const T* values = block.values;
  for (std::int64_t i = 0; i < block.count; ++i, values += kGroup) {
    const T* row = dz + block.index[i] * width;
    Vector<T> d[kVectors];
    for (int v = 0; v < kVectors; ++v) d[v] = load(row + v * kV);
    for (int c = 0; c < kGroup; ++c) {
      for (int v = 0; v < kVectors; ++v) grad[c][v] += values[c] * d[v];
    }
  }
  T flat[kVectors * kV];
  for (int c = 0; c < columns; ++c) {
    for (int v = 0; v < kVectors; ++v) store<T>(flat + v * kV, grad[c][v]);
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
  constexpr int kV = kLanes<T>;
  std::int64_t j = from;
  for (; j + FF_COLUMNS * kV <= to; j += FF_COLUMNS * kV) {
    update_tile<kAdam, FF_COLUMNS>(
        block, dz + j, gradient_sum + j, background, u, p.at(j), base + j, columns, width);
  }
  for (; j + kV <= to; j += kV) {
    update_tile<kAdam, 1>(
        block, dz + j, gradient_sum + j, background, u, p.at(j), base + j, columns, width);
  }
  for (; j < to; ++j) {
    for (int c = 0; c < columns; ++c) {
      T grad = background * gradient_sum[j];
      for (std::int64_t i = 0; i < block.count; ++i) {
        grad += block.values[i * kGroup + c] * dz[block.index[i] * width + j];
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
  return {Phi::name, forward<Phi, T>, goodness_backward<Phi, T>, backward<Phi, T>};
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
          sum_of_squares<T>,
          scale<T>,
          cross_entropy<T>,
          FF_ISA_NAME};
}

Kernels<float> float_kernels() { return make<float>(); }
Kernels<double> double_kernels() { return make<double>(); }

}  // namespace ff::fused::FF_ISA
