// The shape of one sample on its way through a network.
#pragma once

#include <cstdint>

namespace ff {

/// Channels, height and width of an image; of what a linear layer gives: its units, 1 and 1.
struct Shape {
  std::int64_t channels = 1, height = 1, width = 1;

  std::int64_t features() const { return channels * height * width; }
};

}  // namespace ff
