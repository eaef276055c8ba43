// Pruning by magnitude after training.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "ff/learn/prune_options.h"

namespace ff {

/// floor(ratio * n), where a ratio such as 0.29 means the decimal, not the double just below it.
std::int64_t prune_count(double ratio, std::int64_t n);

/// Sets exactly prune_count(ratio, n) weights of the smallest magnitude to zero, in place; among
/// equal ones the lowest index first. "layer": of each tensor; "network": of all together.
void prune_(const std::vector<at::Tensor>& weights, double ratio, const std::string& scope);

}  // namespace ff
