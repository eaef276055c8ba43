// Optimizer kernels. Included by impl.h only, once per instruction set.
namespace ff::fused::FF_ISA {

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
      value[i] = u.keep * value[i] - u.rate * (grad[i] + u.weight_decay * value[i]);
    }
  }
}

}  // namespace ff::fused::FF_ISA
