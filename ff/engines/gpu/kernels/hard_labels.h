// Kernel that draws hard negatives: wrong labels sampled from the head's predictions.
#pragma once

#include "ff/engines/gpu/kernels/read_pixels.h"

namespace ff::gpu {

/// Draws a wrong label per image of a batch, with the probabilities of the softmax over the other
/// labels' logits, as draw_hard_labels in ff/forward_forward/hard_negatives.h. Writes it to the
/// wrong labels that ReadPixels reads. One thread per sample.
template <class T, class X>
struct DrawHardLabels {
  static constexpr const char* name = "hard labels";

  const T* logits;             // (rows, classes)
  const float* uniforms;       // (images), by position in the order: U[0, 1)
  const std::int64_t* labels;  // (images)
  const std::int64_t* order;   // (images)
  const Cursor* cursor;
  std::int64_t* wrong_labels;  // (images)
  std::int64_t rows, classes, batch_size;

  std::int64_t blocks() const { return (rows + kThreads - 1) / kThreads; }

  FF_HD void operator()(const Block& block) const {
    block.each([&](int t) {
      const auto row = block.index * kThreads + t;
      if (row >= rows) return;
      const auto place = cursor->batch * batch_size + row;
      wrong_labels[order[place]] = draw(row, labels[order[place]], static_cast<T>(uniforms[place]));
    });
  }

 private:
  FF_HD std::int64_t draw(std::int64_t row, std::int64_t own, T uniform) const {
    const T* logit = logits + row * classes;
    T top = logit[own == 0 ? 1 : 0];
    for (std::int64_t c = 0; c < classes; ++c) {
      if (c != own && logit[c] > top) top = logit[c];
    }
    const auto weight = [&](std::int64_t c) { return c == own ? T(0) : std::exp(logit[c] - top); };
    T sum = 0;
    for (std::int64_t c = 0; c < classes; ++c) sum += weight(c);
    const T wanted = uniform * sum;
    T up_to = 0;
    std::int64_t drawn = 0, last = 0;  // last: the last possible label
    for (std::int64_t c = 0; c < classes; ++c) {
      const T of_label = weight(c);
      up_to += of_label;
      if (up_to <= wanted) ++drawn;
      if (of_label > 0) last = c;
    }
    return drawn < last ? drawn : last;
  }
};

}  // namespace ff::gpu
