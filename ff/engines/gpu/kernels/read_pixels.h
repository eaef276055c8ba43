// Kernels that assemble a batch on the device: gather images, normalise, augment, write labels.
#pragma once

#include "ff/engines/gpu/kernels/rows.h"

namespace ff::gpu {

/// Augmentation of an image, as in ff/data/augment.h: flipped first, then input pixel (down, right)
/// moves to output (0, 0).
struct Move {
  std::int16_t down, right, mirrored;
};

/// x (networks, rows, pixels): images, with bytes normalised by table lookup and floats as stored;
/// augmented if `moves` is set; the first `classes` entries replaced by the one-hot label; then
/// each sample multiplied by `scale`, its input normalisation. The first `positives` rows of a
/// network carry the correct label, the others a wrong one; if `unlabelled`, all label pixels are
/// `neutral` instead. One block per sample.
template <class T, class X>
struct ReadPixels {
  static constexpr const char* name = "read pixels and labels";

  const std::uint8_t* images;        // (images, pixels); null: use `floats`
  const float* floats;               // (images, pixels), normalised; null: use `images`
  const float* table;                // (channels, 256), byte -> value; for floats (channels), black
  const std::int64_t* labels;        // (images)
  const std::int64_t* wrong_labels;  // (networks, images)
  const double* label_values;        // (networks), value of the label's pixel
  const std::int64_t* order;         // (networks, streams, images); null: images from `first` on
  const Cursor* cursor;              // null if order is null
  const Move* moves;                 // indexed as `order`; null: no augmentation
  X* x;
  std::int64_t networks, rows, positives, batch_size;
  std::int64_t image_count, streams, first;
  std::int32_t pixels, plane, classes;  // plane: pixels per channel
  std::int32_t width;                   // pixels per row of an image
  bool unlabelled;
  T neutral;
  RowScale<T> scale;

  std::int64_t blocks() const { return networks * rows; }

  // Position of a row's image in `order` and `moves`.
  FF_HD std::int64_t place_of(std::int64_t network, std::int64_t row) const {
    const bool positive = row < positives;
    const auto stream = network * streams + (positive ? 0 : streams - 1);
    return stream * image_count + cursor->batch * batch_size + (positive ? row : row - positives);
  }

  FF_HD std::int64_t image_of(std::int64_t network, std::int64_t row) const {
    if (order) return order[place_of(network, row)];
    return first + (row < positives ? row : row - positives);
  }

  // Returns the input pixel that moves to output j; -1: black is shifted in.
  FF_HD std::int32_t source_of(std::int32_t j, const Move* move) const {
    if (!move) return j;
    const auto in_plane = j % plane;
    const auto y = in_plane / width + move->down, x_moved = in_plane % width + move->right;
    if (y < 0 || y >= plane / width || x_moved < 0 || x_moved >= width) return -1;
    return j - in_plane + y * width + (move->mirrored ? width - 1 - x_moved : x_moved);
  }

  FF_HD float pixel_of(std::int64_t image, std::int32_t j, const Move* move) const {
    const auto from = source_of(j, move);
    if (floats) return from < 0 ? table[j / plane] : floats[image * pixels + from];
    return table[j / plane * 256 + (from < 0 ? 0 : images[image * pixels + from])];
  }

  FF_HD void operator()(const Block& block) const {
    const auto network = block.index / rows, row = block.index % rows;
    const auto image = image_of(network, row);
    const auto label =
        row < positives ? labels[image] : wrong_labels[network * image_count + image];
    const auto label_value = static_cast<T>(label_values[network]);
    const auto* move = moves ? moves + place_of(network, row) : nullptr;
    const auto value = [&](std::int64_t at) {
      const auto j = static_cast<std::int32_t>(at);
      if (j < classes) return unlabelled ? neutral : j == label ? label_value : T(0);
      return static_cast<T>(pixel_of(image, j, move));
    };
    const T factor = scale.of(sum_of_squares<T>(block, pixels, value), pixels);
    X* to = x + block.index * pixels;
    block.each([&](int t) {
      for (std::int64_t j = t; j < pixels; j += kThreads) to[j] = static_cast<X>(value(j) * factor);
    });
  }
};

/// x (networks, rows, width): gathers rows of `kept` (networks, 2, images, width), the cached
/// outputs of frozen layers for every image with its correct and its wrong label. One block per
/// sample.
template <class T, class X>
struct GatherRows {
  static constexpr const char* name = "gather kept rows";

  const X* kept;
  const std::int64_t* order;  // (networks, streams, images)
  const Cursor* cursor;
  X* x;
  std::int64_t networks, rows, positives, batch_size;
  std::int64_t image_count, streams, width;

  std::int64_t blocks() const { return networks * rows; }

  FF_HD void operator()(const Block& block) const {
    const auto network = block.index / rows, row = block.index % rows;
    const bool positive = row < positives;
    const auto stream = network * streams + (positive ? 0 : streams - 1);
    const auto place = cursor->batch * batch_size + (positive ? row : row - positives);
    const auto image = order[stream * image_count + place];
    const auto half = 2 * network + (positive ? 0 : 1);
    const X* from = kept + (half * image_count + image) * width;
    X* to = x + block.index * width;
    block.each([&](int t) {
      for (std::int64_t j = t; j < width; j += kThreads) to[j] = from[j];
    });
  }
};

/// x (rows, width): the positives, then the negatives, each multiplied by `scale`: the activations
/// of a layer that another engine trains, as the input of the layer above. One block per sample.
template <class T, class X>
struct ScaleRows {
  static constexpr const char* name = "scale rows";

  const T* pos;  // (positives, width)
  const T* neg;  // (rows - positives, width)
  X* x;
  std::int64_t rows, positives, width;
  RowScale<T> scale;

  std::int64_t blocks() const { return rows; }

  FF_HD void operator()(const Block& block) const {
    const auto row = block.index;
    const T* from = row < positives ? pos + row * width : neg + (row - positives) * width;
    const auto value = [&](std::int64_t j) { return from[j]; };
    const T factor = scale.of(sum_of_squares<T>(block, width, value), width);
    X* to = x + row * width;
    block.each([&](int t) {
      for (std::int64_t j = t; j < width; j += kThreads) to[j] = static_cast<X>(from[j] * factor);
    });
  }
};

}  // namespace ff::gpu
