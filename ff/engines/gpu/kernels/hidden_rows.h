// A perceptron's rows: activations on the way up, the cross-entropy, which is a head's too, and the
// gradient on the way down.
#pragma once

#include "ff/engines/gpu/kernels/read_pixels.h"

namespace ff::gpu {

/// a = phi(z + bias): what the next layer reads. One block a row.
template <class T, class X>
struct HiddenRows {
  static constexpr const char* name = "activation of a hidden layer";

  const T* z;
  const T* bias;  // (width)
  X* a;
  T* inputs;  // z + bias, where phi's derivative needs them; else null
  std::int64_t rows, width;
  int activation;

  std::int64_t blocks() const { return rows; }

  FF_HD void operator()(const Block& block) const {
    Activations::with(activation, [&](auto phi) {
      block.each([&](int t) {
        for (std::int64_t j = t; j < width; j += kThreads) {
          const auto i = block.index * width + j;
          const T input = z[i] + bias[j];
          a[i] = static_cast<X>(decltype(phi)::value(input));
          if (inputs) inputs[i] = input;
        }
      });
    });
  }
};

/// The gradient at the products of a hidden layer, dz = dx phi'. One block a row; dz may be dx.
template <class T, class X>
struct BackwardRows {
  static constexpr const char* name = "gradient of an activation";

  const T* dx;
  const X* a;       // as HiddenRows wrote it
  const T* inputs;  // likewise
  X* dz;
  std::int64_t rows, width;
  int activation;

  std::int64_t blocks() const { return rows; }

  FF_HD void operator()(const Block& block) const {
    Activations::with(activation, [&](auto phi) {
      block.each([&](int t) {
        for (std::int64_t j = t; j < width; j += kThreads) {
          const auto i = block.index * width + j;
          const T slope = decltype(phi)::slope(inputs ? inputs[i] : T(0), static_cast<T>(a[i]));
          dz[i] = static_cast<X>(dx[i] * slope);
        }
      });
    });
  }
};

/// The cross-entropy of logits z + bias against the labels of the batch's images, and its gradient
/// at z, of the mean over the rows. One block a row; dz may be z.
template <class T, class X>
struct CrossEntropyRows {
  static constexpr const char* name = "cross-entropy";

  const T* z;
  const T* bias;               // (classes); null: none
  const std::int64_t* labels;  // (images)
  const std::int64_t* order;   // (images)
  const Cursor* cursor;
  X* dz;
  T* row_loss;  // (rows)
  std::int64_t rows, classes, batch_size;

  std::int64_t blocks() const { return rows; }

  FF_HD void operator()(const Block& block) const {
    FF_SHARED(T, memory, kSumMemory);
    const auto label = labels[order[cursor->batch * batch_size + block.index]];
    const T* row = z + block.index * classes;
    const auto logit = [&](std::int64_t j) { return row[j] + (bias ? bias[j] : T(0)); };
    PerThread<T> own, right;
    block.each([&](int t) {
      T top = logit(t < classes ? t : 0);
      for (std::int64_t j = t; j < classes; j += kThreads) top = logit(j) > top ? logit(j) : top;
      own[t] = top;
    });
    const T top = block_max(block, own, memory);
    block.each([&](int t) {
      T sum = 0;
      for (std::int64_t j = t; j < classes; j += kThreads) sum += std::exp(logit(j) - top);
      own[t] = sum;
      right[t] = logit(label) - top;
    });
    const T sum = block_sum(block, own, memory);
    block.each([&](int t) {
      for (std::int64_t j = t; j < classes; j += kThreads) {
        const T share = std::exp(logit(j) - top) / sum;
        dz[block.index * classes + j] =
            static_cast<X>((share - (j == label ? T(1) : T(0))) / static_cast<T>(rows));
      }
      if (t == 0) row_loss[block.index] = std::log(sum) - right[t];
    });
  }
};

}  // namespace ff::gpu
