// Magnitude pruning after training.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "ff/learn/prune_options.h"

namespace ff {

/// Returns floor(ratio * n), where a ratio such as 0.29 is meant in decimal: the double nearest to
/// it may be smaller.
std::int64_t prune_count(double ratio, std::int64_t n);

/// Zeroes exactly prune_count(ratio, n) weights of the smallest magnitude, in place; ties by lowest
/// index. Scope "layer": per tensor; "network": over all tensors together.
void prune_(const std::vector<at::Tensor>& weights, double ratio, const std::string& scope);

}  // namespace ff
