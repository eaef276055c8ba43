// Kernels for inputs that are mostly background. Included by impl.h only, once per instruction set.
namespace ff::fused::FF_ISA {

// Full-width vectors, and 16-byte vectors for the remainder of a row.
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

// Register tile: kGroup rows by kVectors vectors of columns.
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
  const T* x[kGroup];  // rows past the end alias the last one; not stored
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
    } else if (first) {
#pragma omp simd
      for (int j = 0; j < kVectors * kV; ++j) {
        T none = 0;
        base[j] += step<false>(u, value[j], flat[j], first[j], none);
      }
    } else {
#pragma omp simd
      for (int j = 0; j < kVectors * kV; ++j) {
        T zero = 0, none = 0;
        base[j] += step<false>(u, value[j], flat[j], zero, none);
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

// Branch-free: writes every index and advances only past the non-zero columns.
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

}  // namespace ff::fused::FF_ISA
