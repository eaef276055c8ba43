// Differences between two tensors, or between two dicts of tensors.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ff/core/tensor_dict.h"

namespace ff::experiments {

/// Returns nullopt if the tensors are equal in the sense of torch.equal; else one line: the types
/// and shapes if they differ, or the number of different values and the largest difference.
std::optional<std::string> difference(const at::Tensor& a, const at::Tensor& b);

/// A tensor that differs between two dicts, and how.
struct TensorDifference {
  std::string name;
  std::string text;
};

/// Compares by name, in alphabetical order; a name that only one dict has is a difference.
std::vector<TensorDifference> differences_between(const TensorDict& a, const TensorDict& b);

}  // namespace ff::experiments
