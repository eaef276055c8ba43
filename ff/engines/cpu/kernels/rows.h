// Kernels for dense rows: activations, their gradients, and reductions. Included by impl.h only,
// once per instruction set.
namespace ff::fused::FF_ISA {

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
                       const T* __restrict extra,
                       T coefficient,
                       T next_scale,
                       T row_scale,
                       T* __restrict bias_grad,
                       T* __restrict scaled_sum,
                       std::int64_t width) {
  if (extra) {  // peer normalisation only
#pragma omp simd
    for (std::int64_t j = 0; j < width; ++j) {
      const T grad = coefficient * a[j] * Phi::slope(z[j], a[j]) + extra[j];
      bias_grad[j] += grad;
      z[j] = row_scale * grad;
      a[j] *= next_scale;
    }
    for (std::int64_t j = 0; scaled_sum && j < width; ++j) scaled_sum[j] += z[j];
    return;
  }
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

template <class T>
void scale(T* x, T factor, std::int64_t width) {
#pragma omp simd
  for (std::int64_t j = 0; j < width; ++j) x[j] *= factor;
}

template <class T>
T drop(T* __restrict a, const std::int32_t* __restrict keep, T factor, std::int64_t width) {
  T sum = 0;
#pragma omp simd reduction(+ : sum)
  for (std::int64_t j = 0; j < width; ++j) {
    a[j] *= factor * static_cast<T>(keep[j]);
    sum += a[j] * a[j];
  }
  return sum;
}

template <class T>
T sign(T x) {
  return static_cast<T>(x > 0) - static_cast<T>(x < 0);
}

template <class T>
void signs(const T* x, const T* factor, T offset, T scale, T* out, std::int64_t count) {
  const T base = sign(offset);
  if (factor) {
#pragma omp simd
    for (std::int64_t i = 0; i < count; ++i) {
      out[i] = scale * factor[i] * (sign(x[i] + offset) - base);
    }
    return;
  }
#pragma omp simd
  for (std::int64_t i = 0; i < count; ++i) out[i] = scale * (sign(x[i] + offset) - base);
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

}  // namespace ff::fused::FF_ISA
