// The memory of exported C code, computed before it is compiled: what a linker will say, to the
// byte.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "experiments/export/edge_net.h"

namespace ff::experiments {

/// Bytes by purpose. `weights` includes biases, thresholds and scales.
struct EdgeMemory {
  std::int64_t weights = 0;      // in RAM with training, else in flash
  std::int64_t optimizer = 0;    // state of the optimizer
  std::int64_t activations = 0;  // activations, errors, list of inputs that are not 0
  std::int64_t other = 0;        // random generator, learning rate, loss
  std::int64_t ram = 0;          // .data and .bss of NAME.o for a 32-bit target
  std::int64_t flash = 0;        // arrays of NAME_weights.o
  std::int64_t block = 0;        // bytes of NAME_save; 0 without training
};

/// Bytes of stack and of code that are kept free in addition; tests hold the C code to them.
inline constexpr std::int64_t kEdgeStack = 512;
inline constexpr std::int64_t kEdgeCode = 8192;

/// Rounds up to a multiple of 4.
std::int64_t round_up_4(std::int64_t bytes);

/// Number of stored weights, filled up to a multiple of 4 bytes.
std::int64_t padded_weights(const EdgeNet& net);

EdgeMemory memory_of(const EdgeNet& net);

/// The same hidden widths trained by the other rule, in float32: backpropagation has an output
/// layer of one unit per class in addition.
EdgeNet counterpart(const EdgeNet& net);

/// Returns memory.txt.
std::string memory_text(const EdgeNet& net);

/// Parses "256K", "1M" or a number of bytes; std::nullopt if it is neither.
std::optional<std::int64_t> parse_ram(const std::string& text);

/// Returns why `net` does not fit into `ram` bytes, by how much, and what would fit, in one line;
/// empty if it fits.
std::string ram_problem(const EdgeNet& net, std::int64_t ram);

}  // namespace ff::experiments
