// The innermost loops of a locally connected layer: a few units at one position, with their sums in
// registers. Included by local_kernels.cpp only, which compiles them for each instruction set.
#pragma once

#include <cstddef>
#include <cstdint>

#include "ff/nn/layers/local_kernels.h"

#define FF_LOCAL_LAMBDA __attribute__((always_inline))
#define FF_LOCAL_INLINE inline FF_LOCAL_LAMBDA

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wpsabi"  // vectors never cross a function that is not inlined
#endif

namespace ff::local {

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

}  // namespace ff::local
