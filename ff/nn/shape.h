// Shape: the shape of one sample.
#pragma once

#include <cstdint>

namespace ff {

/// Channels, height and width of an image; (units, 1, 1) for the output of a linear layer.
struct Shape {
  std::int64_t channels = 1, height = 1, width = 1;

  std::int64_t features() const { return channels * height * width; }
};

}  // namespace ff
