#include "ff/fused/kernels.h"

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

enum class InstructionSet { kBaseline, kAvx2, kAvx512 };

InstructionSet best_instruction_set() {
#ifdef FF_X86_KERNELS
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512dq")) {
    return InstructionSet::kAvx512;
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return InstructionSet::kAvx2;
#endif
  return InstructionSet::kBaseline;
}

template <class T>
Kernels<T> choose(Kernels<T> (*baseline)(), Kernels<T> (*avx2)(), Kernels<T> (*avx512)()) {
  switch (best_instruction_set()) {
    case InstructionSet::kAvx512:
      return avx512();
    case InstructionSet::kAvx2:
      return avx2();
    default:
      return baseline();
  }
}

}  // namespace

#ifndef FF_X86_KERNELS
namespace avx2 = baseline;
namespace avx512 = baseline;
#endif

template <>
const Kernels<float>& kernels<float>() {
  static const auto all =
      choose<float>(baseline::float_kernels, avx2::float_kernels, avx512::float_kernels);
  return all;
}

template <>
const Kernels<double>& kernels<double>() {
  static const auto all =
      choose<double>(baseline::double_kernels, avx2::double_kernels, avx512::double_kernels);
  return all;
}

}  // namespace ff::fused
