#include "ff/nn/layers/local_kernels.h"

#include "ff/nn/layers/local_tiles.h"

// Each loop is compiled for three instruction sets and selected at run time. The loops are forced
// inline into functions with a target attribute, as GCC and Clang then use that target for them.
#if defined(__x86_64__)
#define FF_LOCAL_X86 1
#endif

namespace ff {
namespace local {
namespace {

template <class T>
FF_LOCAL_INLINE void outputs(const LocalWindows& windows,
                             const LocalArrays<T>& arrays,
                             std::int64_t block,
                             std::int64_t begin,
                             std::int64_t end) {
  const Walk<T> walk(windows);
  for (auto position = begin; position < end; ++position) {
    const auto* image = arrays.images + block * walk.image_block + walk.window(windows, position);
    for_tiles(windows.out, [&]<int kOut>(std::int64_t o) FF_LOCAL_LAMBDA {
      const auto unit = position * windows.out + o;
      outputs_tile<T, kOut>(windows,
                            walk,
                            image,
                            arrays.weight + unit * windows.taps(),
                            arrays.bias + unit,
                            arrays.outputs + block * walk.output_block + unit * kLocalLanes<T>);
    });
  }
}

template <class T>
FF_LOCAL_INLINE void weight_gradient(const LocalWindows& windows,
                                     const LocalArrays<T>& arrays,
                                     std::int64_t position) {
  const Walk<T> walk(windows);
  const auto* image = arrays.images + walk.window(windows, position);
  for_tiles(windows.out, [&]<int kOut>(std::int64_t o) FF_LOCAL_LAMBDA {
    const auto unit = position * windows.out + o;
    const auto* output = arrays.outputs + unit * kLocalLanes<T>;
    gradient_rows<T, kOut>(windows, walk, image, output, arrays.weight + unit * windows.taps());
    for (int i = 0; i < kOut; ++i) {
      Vector<T> sums = {};
      for (std::int64_t block = 0; block < walk.blocks; ++block) {
        const auto* delta = vectors(output + block * walk.output_block);
        for (int part = 0; part < kParts; ++part) sums += delta[kParts * i + part];
      }
      T sum = 0;
      for (std::size_t lane = 0; lane < 64 / sizeof(T); ++lane) sum += sums[lane];
      arrays.bias[unit + i] = sum;
    }
  });
}

template <class T>
FF_LOCAL_INLINE void image_gradient(const LocalWindows& windows,
                                    const LocalArrays<T>& arrays,
                                    std::int64_t block) {
  const Walk<T> walk(windows);
  for (std::int64_t position = 0; position < windows.positions(); ++position) {
    auto* image = arrays.images + block * walk.image_block + walk.window(windows, position);
    for_tiles(windows.out, [&]<int kOut>(std::int64_t o) FF_LOCAL_LAMBDA {
      const auto unit = position * windows.out + o;
      image_tile<T, kOut>(windows,
                          walk,
                          arrays.weight + unit * windows.taps(),
                          arrays.outputs + block * walk.output_block + unit * kLocalLanes<T>,
                          image);
    });
  }
}

template <class T>
struct Loops {
  decltype(&local_outputs<T>) outputs;
  decltype(&local_weight_gradient<T>) weight_gradient;
  decltype(&local_image_gradient<T>) image_gradient;
};

// Defines loops() of one instruction set, in a namespace of its own.
#define FF_LOCAL_LOOPS(set, attributes)                                                  \
  namespace set {                                                                        \
  template <class T>                                                                     \
  attributes void outputs_of(const LocalWindows& windows,                                \
                             const LocalArrays<T>& arrays,                               \
                             std::int64_t block,                                         \
                             std::int64_t begin,                                         \
                             std::int64_t end) {                                         \
    outputs(windows, arrays, block, begin, end);                                         \
  }                                                                                      \
  template <class T>                                                                     \
  attributes void weight_gradient_of(const LocalWindows& windows,                        \
                                     const LocalArrays<T>& arrays,                       \
                                     std::int64_t position) {                            \
    weight_gradient(windows, arrays, position);                                          \
  }                                                                                      \
  template <class T>                                                                     \
  attributes void image_gradient_of(const LocalWindows& windows,                         \
                                    const LocalArrays<T>& arrays,                        \
                                    std::int64_t block) {                                \
    image_gradient(windows, arrays, block);                                              \
  }                                                                                      \
  template <class T>                                                                     \
  constexpr Loops<T> kLoops{outputs_of<T>, weight_gradient_of<T>, image_gradient_of<T>}; \
  }

FF_LOCAL_LOOPS(baseline, )
#if FF_LOCAL_X86
FF_LOCAL_LOOPS(avx2, __attribute__((target("avx2,fma"))))
FF_LOCAL_LOOPS(avx512, __attribute__((target("avx512f,avx512dq,avx512vl,fma"))))
#endif

// The loops of the best instruction set that this processor has.
template <class T>
const Loops<T>& loops() {
#if FF_LOCAL_X86
  static const auto best = [] {
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl")) {
      return avx512::kLoops<T>;
    }
    const bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    return has_avx2 ? avx2::kLoops<T> : baseline::kLoops<T>;
  }();
  return best;
#else
  return baseline::kLoops<T>;
#endif
}

}  // namespace
}  // namespace local

template <class T>
void local_outputs(const LocalWindows& windows,
                   const LocalArrays<T>& arrays,
                   std::int64_t block,
                   std::int64_t begin,
                   std::int64_t end) {
  local::loops<T>().outputs(windows, arrays, block, begin, end);
}

template <class T>
void local_weight_gradient(const LocalWindows& windows,
                           const LocalArrays<T>& arrays,
                           std::int64_t position) {
  local::loops<T>().weight_gradient(windows, arrays, position);
}

template <class T>
void local_image_gradient(const LocalWindows& windows,
                          const LocalArrays<T>& arrays,
                          std::int64_t block) {
  local::loops<T>().image_gradient(windows, arrays, block);
}

#define FF_LOCAL_INSTANCES(T)                                                                \
  template void local_outputs<T>(                                                            \
      const LocalWindows&, const LocalArrays<T>&, std::int64_t, std::int64_t, std::int64_t); \
  template void local_weight_gradient<T>(                                                    \
      const LocalWindows&, const LocalArrays<T>&, std::int64_t);                             \
  template void local_image_gradient<T>(const LocalWindows&, const LocalArrays<T>&, std::int64_t);

FF_LOCAL_INSTANCES(float)
FF_LOCAL_INSTANCES(double)

}  // namespace ff
