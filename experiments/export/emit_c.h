// Generated C code of a network, file by file.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "experiments/export/edge_net.h"

namespace ff::experiments {

/// Samples for the example and for the comparison with this framework.
struct EdgeSamples {
  std::vector<std::uint8_t> bytes;   // (N, inputs)
  std::vector<std::int64_t> labels;  // (N)
  // Predicted class and scores (N, classes) of the network as it is exported; empty if it is not
  // trained.
  std::vector<std::int64_t> predictions;
  std::vector<float> scores;

  std::int64_t count() const { return static_cast<std::int64_t>(labels.size()); }
};

/// Returns the files by name: NAME.h, NAME.c, NAME_weights.c if weights lie in flash, memory.txt,
/// NAME_samples.h, main.c, verify.c, Makefile. problems_of(net) must be empty.
std::map<std::string, std::string> c_files(const EdgeNet& net, const EdgeSamples& samples);

}  // namespace ff::experiments
