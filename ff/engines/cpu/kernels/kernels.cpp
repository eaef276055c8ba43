#include "ff/engines/cpu/kernels/kernels.h"

namespace ff::fused {

namespace baseline {
Kernels<float> float_kernels();
Kernels<double> double_kernels();
}  // namespace baseline
#ifdef FF_X86_KERNELS
namespace avx2 {
Kernels<float> float_kernels();
Kernels<double> double_kernels();
}  // namespace avx2
namespace avx512 {
Kernels<float> float_kernels();
Kernels<double> double_kernels();
}  // namespace avx512
#endif

namespace {

template <class T>
struct Runnable {
  Kernels<T> sets[3];
  int count = 0;
};

// Code compiled for an instruction set that the processor lacks must not be called at all.
template <class T>
Runnable<T> runnable(Kernels<T> (*base)(),
                     [[maybe_unused]] Kernels<T> (*with_avx2)(),
                     [[maybe_unused]] Kernels<T> (*with_avx512)()) {
  Runnable<T> found;
#ifdef FF_X86_KERNELS
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512dq")) {
    found.sets[found.count++] = with_avx512();
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    found.sets[found.count++] = with_avx2();
  }
#endif
  found.sets[found.count++] = base();
  return found;
}

}  // namespace

#ifndef FF_X86_KERNELS
namespace avx2 = baseline;
namespace avx512 = baseline;
#endif

template <>
const Kernels<float>* all_kernels<float>(int& count) {
  static const auto found =
      runnable<float>(baseline::float_kernels, avx2::float_kernels, avx512::float_kernels);
  count = found.count;
  return found.sets;
}

template <>
const Kernels<double>* all_kernels<double>(int& count) {
  static const auto found =
      runnable<double>(baseline::double_kernels, avx2::double_kernels, avx512::double_kernels);
  count = found.count;
  return found.sets;
}

template <class T>
const Kernels<T>& kernels() {
  int count = 0;
  return all_kernels<T>(count)[0];
}

template const Kernels<float>& kernels<float>();
template const Kernels<double>& kernels<double>();

}  // namespace ff::fused
