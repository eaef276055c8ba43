#include "ff/nn/layers/kernel_positions.h"

#include <stdexcept>

namespace ff {

std::int64_t kernel_positions(std::int64_t size, const LayerOptions& layer, std::int64_t stride) {
  const auto padded = size + 2 * layer.padding;
  if (layer.kernel > padded) {
    throw std::invalid_argument("kernel " + std::to_string(layer.kernel) +
                                " is larger than its input, " + std::to_string(padded) + " pixels" +
                                (layer.padding ? ", padding included" : ""));
  }
  return (padded - layer.kernel) / stride + 1;
}

}  // namespace ff
