// Per-sample kernels of a layer: activation, goodness, loss and local gradient.
#pragma once

#include "ff/engines/gpu/kernels/rows.h"

namespace ff::gpu {

/// Goodness, loss and gradient of a training step. With preactivations z (networks, rows, width),
/// a = phi(z + bias), S = sum_j a_j^2, goodness g = goodness_scale * S, and how far the sample is
/// on the wrong side, u = sign * (g - threshold) / temperature:
///   row_loss = loss(u),  row_grad = dL/dg = loss'(u) sign / (temperature * rows)
///   dz_j   = 2 * goodness_scale * row_grad * a_j phi'(z_j + bias_j)
///   next_j = a_j * next_scale(S)
/// Dropout multiplies a_j and phi' by its factor. Peer normalisation adds peer_weight * (mean_j -
/// mean of means) to the positives' dz_j; peer_weight is the option's divided by the number of
/// positives. One block per sample; dz may alias z. Derived in
/// ff/forward_forward/engines/cpu/goodness_engine.h.
template <class T, class X>
struct GoodnessRows {
  static constexpr const char* name = "activation, goodness, gradient";

  const T* z;
  const T* bias;       // (networks, width)
  const T* threshold;  // (networks)
  X* dz;
  X* next;                   // input of the layer above; null: not needed
  T* activations = nullptr;  // a, (networks, rows, width); null: not needed
  T* row_loss;               // (networks, rows)
  T* row_grad;               // (networks, rows), dL/dg
  const T* mean_activation;  // (networks, width); null: no peer normalisation
  std::int64_t networks, rows, positives, width;
  T goodness_scale;
  T positive_sign;  // -1 under max-ssq, 1 under min-ssq
  T temperature;
  T peer_weight;
  int activation, loss;
  RowScale<T> next_scale;
  Dropout<T> dropout;

  std::int64_t blocks() const { return networks * rows; }

  FF_HD void operator()(const Block& block) const {
    Activations::with(activation, [&](auto phi) { run<decltype(phi)>(block); });
  }

 private:
  template <class Phi>
  FF_HD void run(const Block& block) const {
    const auto network = block.index / rows, row = block.index % rows;
    const T* from = z + block.index * width;
    const T* shift = bias + network * width;
    const auto units = dropout.units();
    const auto drop = [&](std::int64_t j) { return units[block.index * width + j]; };
    const T squares = sum_of_squares<T>(
        block, width, [&](std::int64_t j) { return Phi::value(from[j] + shift[j]) * drop(j); });
    const T* means =
        row < positives && mean_activation ? mean_activation + network * width : nullptr;
    const T centre =
        means ? sum_of<T>(block, width, [&](std::int64_t j) { return means[j]; }) / width : T(0);

    const T sign = row < positives ? positive_sign : -positive_sign;
    const T wrong = sign * (goodness_scale * squares - threshold[network]) / temperature;
    T value = 0, slope = 0;
    Losses::with(loss, [&](auto of) {
      value = decltype(of)::value(wrong);
      slope = decltype(of)::slope(wrong);
    });
    const T grad = slope * sign / (temperature * static_cast<T>(rows));
    const T coefficient = 2 * goodness_scale * grad;
    const T factor = next_scale.of(squares, width);
    block.each([&](int t) {
      for (std::int64_t j = t; j < width; j += kThreads) {
        const T input = from[j] + shift[j];
        const T active = Phi::value(input), part = drop(j), a = active * part;
        const T peers = means ? peer_weight * (means[j] - centre) : T(0);
        dz[block.index * width + j] =
            static_cast<X>(coefficient * a * Phi::slope(input, active) * part + peers);
        if (next) next[block.index * width + j] = static_cast<X>(a * factor);
        if (activations) activations[block.index * width + j] = a;
      }
      if (t > 0) return;
      row_loss[block.index] = value;
      row_grad[block.index] = grad;
    });
  }
};

/// Running mean activations over positives (ff/forward_forward/peer.h):
///   mean_j <- kept * mean_j + gain * sum over positives of a_j,  gain = (1 - kept) / positives.
/// One block per network and kColumns units.
template <class T, class X>
struct MeanActivations {
  static constexpr const char* name = "mean activations";

  const T* z;     // (networks, rows, width)
  const T* bias;  // (networks, width)
  T* mean;        // (networks, width)
  std::int64_t networks, rows, positives, width;
  T kept, gain;
  int activation;
  Dropout<T> dropout;

  FF_HD std::int64_t blocks_each() const { return (width + kColumns - 1) / kColumns; }
  std::int64_t blocks() const { return networks * blocks_each(); }

  FF_HD void operator()(const Block& block) const {
    Activations::with(activation, [&](auto phi) { run<decltype(phi)>(block); });
  }

 private:
  template <class Phi>
  FF_HD void run(const Block& block) const {
    const auto network = block.index / blocks_each();
    const T* shift = bias + network * width;
    const auto units = dropout.units();
    const auto value = [&](std::int64_t r, std::int64_t j) {
      const auto place = (network * rows + r) * width + j;
      return Phi::value(z[place] + shift[j]) * units[place];
    };
    sum_columns<T>(block,
                   block.index % blocks_each() * kColumns,
                   width,
                   positives,
                   value,
                   [&](std::int64_t j, T sum) {
                     T& of_unit = mean[network * width + j];
                     of_unit = kept * of_unit + gain * sum;
                   });
  }
};

/// Forward pass of a layer without training: the input of the layer above, the goodness (label
/// sweep; `goodness_stride` entries apart), and the head's features. One block per sample.
template <class T, class X>
struct ActivateRows {
  static constexpr const char* name = "activation";

  const T* z;
  const T* bias;  // (networks, width)
  X* next;        // null: not needed
  T* goodness;    // null: not needed
  T* features;    // as next, for the head, `feature_stride` per row; null: none
  std::int64_t networks, rows, width, goodness_stride, feature_stride;
  T goodness_scale;
  int activation;
  RowScale<T> next_scale;
  Dropout<T> dropout;

  std::int64_t blocks() const { return networks * rows; }

  FF_HD void operator()(const Block& block) const {
    Activations::with(activation, [&](auto phi) { run<decltype(phi)>(block); });
  }

 private:
  template <class Phi>
  FF_HD void run(const Block& block) const {
    const T* from = z + block.index * width;
    const T* shift = bias + block.index / rows * width;
    const auto units = dropout.units();
    const auto value = [&](std::int64_t j) {
      return Phi::value(from[j] + shift[j]) * units[block.index * width + j];
    };
    const T squares = sum_of_squares<T>(block, width, value);
    const T factor = next_scale.of(squares, width);
    block.each([&](int t) {
      if (goodness && t == 0) goodness[block.index * goodness_stride] = goodness_scale * squares;
      if (!next && !features) return;
      for (std::int64_t j = t; j < width; j += kThreads) {
        const T input = value(j) * factor;
        if (next) next[block.index * width + j] = static_cast<X>(input);
        if (features) features[block.index * feature_stride + j] = input;
      }
    });
  }
};

}  // namespace ff::gpu
