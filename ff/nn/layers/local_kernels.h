// Inner loops of a locally connected layer with few units per position, on a CPU. Windows are read
// in place: with few units, gathering them into matrices costs more than the products.
//
// Images are blocked: lane-many samples are innermost, so that a value of the image is a vector of
// samples and a weight is broadcast to it.
#pragma once

#include <cstdint>

#include "ff/nn/layers/local_windows.h"

namespace ff {

/// Samples per block: 128 bytes.
template <class T>
constexpr std::int64_t kLocalLanes = 128 / sizeof(T);

/// Arrays of one batch, each aligned to 64 bytes except those of the weights. T is float or double.
/// Lanes beyond the last sample must be 0 in the gradients.
template <class T>
struct LocalArrays {
  T* images = nullptr;   // (blocks, height, width, channels, lanes)
  T* outputs = nullptr;  // (blocks, positions, out, lanes)
  T* weight = nullptr;   // (units, taps)
  T* bias = nullptr;     // (units)
};

/// outputs <- weight * window + bias, for the positions [begin, end) of a block.
template <class T>
void local_outputs(const LocalWindows& windows,
                   const LocalArrays<T>& arrays,
                   std::int64_t block,
                   std::int64_t begin,
                   std::int64_t end);

/// weight, bias <- their gradients, given the gradients `outputs`, for the units of a position.
template <class T>
void local_weight_gradient(const LocalWindows& windows,
                           const LocalArrays<T>& arrays,
                           std::int64_t position);

/// Adds to images their gradients, given the gradients `outputs`, for a block.
template <class T>
void local_image_gradient(const LocalWindows& windows,
                          const LocalArrays<T>& arrays,
                          std::int64_t block);

}  // namespace ff
