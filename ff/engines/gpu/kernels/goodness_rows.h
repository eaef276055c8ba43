// What a layer does with its products, row by row: activation, goodness, loss, local gradient.
#pragma once

#include "ff/engines/gpu/kernels/rows.h"

namespace ff::gpu {

/// A training step's rows. From products z (networks, rows, width), with a = phi(z + bias), s the
/// row's sum of a^2 and g = goodness_scale s its goodness: the loss of the row's distance on the
/// wrong side of the threshold, and
///   dz_j = (2 goodness_scale / rows) loss'(wrong) sign a_j phi'(z_j),  next_j = a_j scale(s),
/// the loss's gradient at the products and the input of the layer above. With dropout a_j and the
/// slope are multiplied by what it says; with peer normalisation positives' dz_j get, beside, the
/// gradient of the peer term, peer_weight (mean_j - mean of means), peer_weight its own over the
/// positives. One block a row; dz may be z. (ff/forward_forward/engines/cpu/goodness_engine.h
/// derives it.)
template <class T, class X>
struct GoodnessRows {
  static constexpr const char* name = "activation, goodness, gradient";

  const T* z;
  const T* bias;       // (networks, width)
  const T* threshold;  // (networks)
  X* dz;
  X* next;                   // null: nobody reads it
  T* row_loss;               // (networks, rows)
  T* row_grad;               // (networks, rows), dL/dgoodness
  const T* mean_activation;  // (networks, width); null: no peer normalisation
  std::int64_t networks, rows, positives, width;
  T goodness_scale;
  T positive_sign;  // -1 where positives should have much goodness, else 1
  T temperature;    // which the distance is divided by
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
      }
      if (t > 0) return;
      row_loss[block.index] = value;
      row_grad[block.index] = grad;
    });
  }
};

/// The units' running mean activations over positives, as ff/forward_forward/peer.h has them:
///   mean_j <- kept mean_j + gain sum over positives of a_j, gain being (1 - kept) / positives.
/// A block a network and kColumns units.
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

/// Rows that pass through a layer without training it: the input of the layer above, in a label
/// sweep the goodness, `goodness_stride` entries apart, and what a head sees of the layer. One
/// block a row.
template <class T, class X>
struct ActivateRows {
  static constexpr const char* name = "activation";

  const T* z;
  const T* bias;  // (networks, width)
  X* next;        // null: nobody reads it
  T* goodness;    // null: nobody reads it
  T* features;    // the same as next, for a head, `feature_stride` a row; null: none
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
