// Geometry of a locally connected layer: a grid of windows, each with its own weights.
#pragma once

#include <cstdint>

namespace ff {

/// A batch of images and the grid of square windows over each of them.
///
/// A unit is one of `out` outputs at one of the positions of the grid; units are ordered by
/// position, row by row, then by output. A unit's taps are the values of its window, ordered by
/// row, then by column, then by channel.
struct LocalWindows {
  std::int64_t samples = 0;
  std::int64_t channels = 1, height = 1, width = 1;  // of the padded images
  std::int64_t kernel = 1, stride = 1;
  std::int64_t out = 1;  // units per position

  std::int64_t rows() const { return (height - kernel) / stride + 1; }
  std::int64_t columns() const { return (width - kernel) / stride + 1; }
  std::int64_t positions() const { return rows() * columns(); }
  std::int64_t taps() const { return kernel * kernel * channels; }
};

}  // namespace ff
