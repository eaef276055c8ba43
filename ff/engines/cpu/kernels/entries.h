// Kernels for lists of non-zero entries. Included by impl.h only, once per instruction set.
namespace ff::fused::FF_ISA {

// Independent accumulators, to hide the latency of the fused multiply-adds.
constexpr int kSumVectors = 8;

template <int kBytes, int kVectors, class T>
inline void sum_tile(const std::int32_t* index,
                     const T* value,
                     std::int64_t count,
                     const T* rows,
                     std::int64_t stride,
                     T* to) {
  constexpr int kV = kLanes<T, kBytes>;
  Vector<T, kBytes> sum[kVectors] = {};
  for (std::int64_t u = 0; u < count; ++u) {
    const T* row = rows + index[u] * stride;
    for (int v = 0; v < kVectors; ++v) sum[v] += value[u] * load<kBytes>(row + v * kV);
  }
  for (int v = 0; v < kVectors; ++v) store<kBytes, T>(to + v * kV, sum[v]);
}

template <class T>
void weighted_sum(const std::int32_t* index,
                  const T* value,
                  std::int64_t count,
                  const T* rows,
                  std::int64_t stride,
                  T* to,
                  std::int64_t width) {
  constexpr int kV = kLanes<T, kWide>, kN = kLanes<T, kNarrow>;
  std::int64_t j = 0;
  for (; j + kSumVectors * kV <= width; j += kSumVectors * kV) {
    sum_tile<kWide, kSumVectors>(index, value, count, rows + j, stride, to + j);
  }
  for (; j + kV <= width; j += kV) {
    sum_tile<kWide, 1>(index, value, count, rows + j, stride, to + j);
  }
  for (; j + kN <= width; j += kN) {
    sum_tile<kNarrow, 1>(index, value, count, rows + j, stride, to + j);
  }
  for (; j < width; ++j) {
    T sum = 0;
    for (std::int64_t u = 0; u < count; ++u) sum += value[u] * rows[index[u] * stride + j];
    to[j] = sum;
  }
}

template <class T>
std::int64_t count_entries(const T* x, std::int64_t width) {
  std::int32_t found = 0;
#pragma omp simd reduction(+ : found)
  for (std::int64_t k = 0; k < width; ++k) found += x[k] != 0;
  return found;
}

// Branch-free: writes every entry and advances only past the non-zero ones. Stops after `count`,
// because another list follows in memory.
template <class T>
void find_entries(
    const T* x, std::int64_t width, std::int64_t count, std::int32_t* index, T* value) {
  std::int64_t found = 0;
  for (std::int64_t k = 0; k < width && found < count; ++k) {
    index[found] = static_cast<std::int32_t>(k);
    value[found] = x[k];
    found += x[k] != 0;
  }
}

}  // namespace ff::fused::FF_ISA
