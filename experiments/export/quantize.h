// Weights of an exported network in its storage.
#pragma once

#include <cstdint>
#include <vector>

#include "experiments/export/edge_net.h"

namespace ff::experiments {

/// Weights as integers: the bits of bfloat16 numbers (rounded to nearest, ties to even), or bytes
/// in
/// [-127, 127] with a scale per unit, the largest weight of the unit / 127.
struct StoredWeights {
  std::vector<std::int32_t> values;  // all layers; empty for float32
  std::vector<float> scales;         // int8
};
StoredWeights stored(const EdgeNet& net);

/// The network with each weight replaced by what its storage holds.
EdgeNet as_stored(const EdgeNet& net);

}  // namespace ff::experiments
