#include "ff/nn/layers/local_kernels.h"

#include <cstddef>

// Each loop is compiled for three instruction sets and selected at run time. The loops are forced
// inline into functions with a target attribute, as GCC and Clang then use that target for them.
#if defined(__x86_64__)
#define FF_LOCAL_X86 1
#endif
#define FF_LOCAL_LAMBDA __attribute__((always_inline))
#define FF_LOCAL_INLINE inline FF_LOCAL_LAMBDA

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wpsabi"  // vectors never cross a function that is not inlined
#endif

namespace ff {
namespace {

// 64 bytes, the compiler splits it where registers are smaller. A block is two of them.
template <class T>
struct VectorOf {
  typedef T Type __attribute__((vector_size(64), may_alias));
};
template <class T>
using Vector = typename VectorOf<T>::Type;

constexpr std::int64_t kParts = 2;  // vectors per block
constexpr int kTile = 4;            // outputs, or taps, whose sums are kept in registers

template <class T>
FF_LOCAL_INLINE const Vector<T>* vectors(const T* at) {
  return reinterpret_cast<const Vector<T>*>(at);
}
template <class T>
FF_LOCAL_INLINE Vector<T>* vectors(T* at) {
  return reinterpret_cast<Vector<T>*>(at);
}

// Strides, in values.
template <class T>
struct Walk {
  explicit FF_LOCAL_INLINE Walk(const LocalWindows& windows)
      : run(windows.kernel * windows.channels),
        image_row(windows.width * windows.channels * kLocalLanes<T>),
        image_block(windows.height * image_row),
        output_block(windows.positions() * windows.out * kLocalLanes<T>),
        blocks((windows.samples + kLocalLanes<T> - 1) / kLocalLanes<T>) {}

  // Offset of the first value of the window at `position`.
  FF_LOCAL_INLINE static std::int64_t window(const LocalWindows& windows, std::int64_t position) {
    const auto columns = windows.columns();
    const auto row = position / columns * windows.stride;
    const auto column = position % columns * windows.stride;
    return (row * windows.width + column) * windows.channels * kLocalLanes<T>;
  }

  std::int64_t run;           // taps of one row of a window, which are contiguous in the image
  std::int64_t image_row;     // between rows of an image
  std::int64_t image_block;   // between blocks of images
  std::int64_t output_block;  // between blocks of outputs
  std::int64_t blocks;
};

template <class T, int kOut>
FF_LOCAL_INLINE void outputs_tile(const LocalWindows& windows,
                                  const Walk<T>& walk,
                                  const T* image,
                                  const T* weight,
                                  const T* bias,
                                  T* output) {
  const auto taps = windows.taps();
  Vector<T> sums[kOut][kParts] = {};
  for (int o = 0; o < kOut; ++o) {
    for (int part = 0; part < kParts; ++part) sums[o][part] += bias[o];
  }
  for (std::int64_t r = 0; r < windows.kernel; ++r) {
    const auto* x = vectors(image + r * walk.image_row);
    const auto* w = weight + r * walk.run;
    for (std::int64_t t = 0; t < walk.run; ++t) {
      const Vector<T> first = x[kParts * t], second = x[kParts * t + 1];
      for (int o = 0; o < kOut; ++o) {
        const T factor = w[o * taps + t];
        sums[o][0] += factor * first;
        sums[o][1] += factor * second;
      }
    }
  }
  for (int o = 0; o < kOut; ++o) {
    for (int part = 0; part < kParts; ++part) vectors(output)[kParts * o + part] = sums[o][part];
  }
}

template <class T, int kOut, int kTaps>
FF_LOCAL_INLINE void gradient_tile(
    const Walk<T>& walk, const T* image, const T* output, std::int64_t taps, T* gradient) {
  Vector<T> sums[kOut][kTaps] = {};
  for (std::int64_t block = 0; block < walk.blocks; ++block) {
    const auto* x = vectors(image + block * walk.image_block);
    const auto* delta = vectors(output + block * walk.output_block);
    for (int part = 0; part < kParts; ++part) {
      for (int o = 0; o < kOut; ++o) {
        for (int t = 0; t < kTaps; ++t) {
          sums[o][t] += delta[kParts * o + part] * x[kParts * t + part];
        }
      }
    }
  }
  for (int o = 0; o < kOut; ++o) {
    for (int t = 0; t < kTaps; ++t) {
      T sum = 0;
      for (std::size_t lane = 0; lane < 64 / sizeof(T); ++lane) sum += sums[o][t][lane];
      gradient[o * taps + t] = sum;
    }
  }
}

template <class T, int kOut>
FF_LOCAL_INLINE void gradient_rows(const LocalWindows& windows,
                                   const Walk<T>& walk,
                                   const T* image,
                                   const T* output,
                                   T* gradient) {
  const auto taps = windows.taps();
  for (std::int64_t r = 0; r < windows.kernel; ++r) {
    const auto* x = image + r * walk.image_row;
    auto* g = gradient + r * walk.run;
    std::int64_t t = 0;
    for (; t + kTile <= walk.run; t += kTile) {
      gradient_tile<T, kOut, kTile>(walk, x + t * kLocalLanes<T>, output, taps, g + t);
    }
    for (; t < walk.run; ++t) {
      gradient_tile<T, kOut, 1>(walk, x + t * kLocalLanes<T>, output, taps, g + t);
    }
  }
}

template <class T, int kOut>
FF_LOCAL_INLINE void image_tile(
    const LocalWindows& windows, const Walk<T>& walk, const T* weight, const T* output, T* image) {
  const auto taps = windows.taps();
  Vector<T> delta[kOut][kParts];
  for (int o = 0; o < kOut; ++o) {
    for (int part = 0; part < kParts; ++part) delta[o][part] = vectors(output)[kParts * o + part];
  }
  for (std::int64_t r = 0; r < windows.kernel; ++r) {
    auto* x = vectors(image + r * walk.image_row);
    const auto* w = weight + r * walk.run;
    for (std::int64_t t = 0; t < walk.run; ++t) {
      Vector<T> first = x[kParts * t], second = x[kParts * t + 1];
      for (int o = 0; o < kOut; ++o) {
        const T factor = w[o * taps + t];
        first += factor * delta[o][0];
        second += factor * delta[o][1];
      }
      x[kParts * t] = first;
      x[kParts * t + 1] = second;
    }
  }
}

// Calls work.template operator()<n>(o) for consecutive tiles [o, o + n) of the outputs.
template <class Work>
FF_LOCAL_INLINE void for_tiles(std::int64_t out, const Work& work) {
  std::int64_t o = 0;
  for (; o + kTile <= out; o += kTile) work.template operator()<kTile>(o);
  if (out - o == 3) work.template operator()<3>(o);
  if (out - o == 2) work.template operator()<2>(o);
  if (out - o == 1) work.template operator()<1>(o);
}

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

template <class T>
void local_outputs(const LocalWindows& windows,
                   const LocalArrays<T>& arrays,
                   std::int64_t block,
                   std::int64_t begin,
                   std::int64_t end) {
  loops<T>().outputs(windows, arrays, block, begin, end);
}

template <class T>
void local_weight_gradient(const LocalWindows& windows,
                           const LocalArrays<T>& arrays,
                           std::int64_t position) {
  loops<T>().weight_gradient(windows, arrays, position);
}

template <class T>
void local_image_gradient(const LocalWindows& windows,
                          const LocalArrays<T>& arrays,
                          std::int64_t block) {
  loops<T>().image_gradient(windows, arrays, block);
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
