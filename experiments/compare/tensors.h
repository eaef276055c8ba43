// What differs between two tensors, or two dicts of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ff/core/tensor_dict.h"

namespace ff::experiments {

/// Nothing when the two are equal as torch.equal has it; else one line: shapes or types that
/// differ, or how many values do, and the largest difference with its place.
std::optional<std::string> difference(const at::Tensor& a, const at::Tensor& b);

/// A tensor that is not the same in two dicts, and why.
struct TensorDifference {
  std::string name;
  std::string text;
};

/// Compares by name, in alphabetical order; a name that only one has is a difference.
std::vector<TensorDifference> differences_between(const TensorDict& a, const TensorDict& b);

}  // namespace ff::experiments
