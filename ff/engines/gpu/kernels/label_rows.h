// First layer of the label sweep: the image's part is computed once, each label adds its column.
#pragma once

#include "ff/engines/gpu/kernels/rows.h"

namespace ff::gpu {

/// x (rows, pixels): samples with the label pixels, the first `classes`, set to zero; and their
/// sums of squares. One block per sample.
template <class T, class X>
struct ClearLabels {
  static constexpr const char* name = "clear labels";

  const T* from;  // (rows, pixels)
  X* x;
  T* squares;  // (rows)
  std::int64_t rows, pixels, classes;

  std::int64_t blocks() const { return rows; }

  FF_HD void operator()(const Block& block) const {
    const T* row = from + block.index * pixels;
    X* to = x + block.index * pixels;
    const auto value = [&](std::int64_t j) { return j < classes ? T(0) : row[j]; };
    const T sum = sum_of_squares<T>(block, pixels, value);
    block.each([&](int t) {
      for (std::int64_t j = t; j < pixels; j += kThreads) to[j] = static_cast<X>(value(j));
      if (t == 0) squares[block.index] = sum;
    });
  }
};

/// Row i * classes + c is image i with label c. Its preactivation is that of the image without
/// label plus label_value times the label's weight column, scaled by the input normalisation. Then
/// as ActivateRows. One block per row.
template <class T, class X>
struct LabelRows {
  static constexpr const char* name = "label sweep, first layer";

  const T* shared;   // (images, width), preactivations without labels
  const T* squares;  // (images)
  const T* columns;  // (classes, width), the weight's first columns
  const T* bias;     // (width)
  X* next;
  T* goodness;
  std::int64_t images, classes, pixels, width, goodness_stride;
  T label_value, goodness_scale;
  int activation;
  RowScale<T> input_scale, next_scale;

  std::int64_t blocks() const { return images * classes; }

  FF_HD void operator()(const Block& block) const {
    Activations::with(activation, [&](auto phi) { run<decltype(phi)>(block); });
  }

 private:
  template <class Phi>
  FF_HD void run(const Block& block) const {
    const auto image = block.index / classes, label = block.index % classes;
    const T* own = shared + image * width;
    const T* column = columns + label * width;
    const T length = input_scale.of(squares[image] + label_value * label_value, pixels);
    const auto value = [&](std::int64_t j) {
      return Phi::value(length * (own[j] + label_value * column[j]) + bias[j]);
    };
    const T sum = sum_of_squares<T>(block, width, value);
    const T factor = next_scale.of(sum, width);
    block.each([&](int t) {
      if (t == 0) goodness[block.index * goodness_stride] = goodness_scale * sum;
      if (!next) return;
      for (std::int64_t j = t; j < width; j += kThreads) {
        next[block.index * width + j] = static_cast<X>(value(j) * factor);
      }
    });
  }
};

}  // namespace ff::gpu
