// Per-sample kernels of an MLP: activation, cross-entropy (also used by heads), and their
// gradients.
#pragma once

#include "ff/engines/gpu/kernels/read_pixels.h"

namespace ff::gpu {

/// a = phi(z + bias), the input of the next layer. One block per sample.
template <class T, class X>
struct HiddenRows {
  static constexpr const char* name = "activation of a hidden layer";

  const T* z;
  const T* bias;  // (width)
  X* a;
  T* inputs;  // z + bias, if phi' needs it; else null
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

/// Gradient at a hidden layer's preactivations, dz = dx * phi'. One block per sample; dz may alias
/// dx.
template <class T, class X>
struct BackwardRows {
  static constexpr const char* name = "gradient of an activation";

  const T* dx;
  const X* a;       // from HiddenRows
  const T* inputs;  // from HiddenRows, or null
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

/// Cross-entropy of logits z + bias for the labels of the batch's images, and the gradient of its
/// mean over the samples, dz = (softmax(z + bias) - one_hot(label)) / rows. One block per sample;
/// dz may alias z.
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
