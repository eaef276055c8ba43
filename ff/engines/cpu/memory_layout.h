// How weights lie in memory for products that read them row by row of the input.
#pragma once

#include <string>

#include "ff/core/tensor_dict.h"

namespace ff::fused {

/// Moves a matrix into transposed memory, in large pages where the system has some: shape and
/// tensor stay, strides become (1, rows).
void transpose_memory(const at::Tensor& matrix);

/// The same of a weight, `name`, and of what its optimizer keeps for it in `state`.
void transpose_memory(const at::Tensor& weight, const std::string& name, const TensorDict& state);

}  // namespace ff::fused
