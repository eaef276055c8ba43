// Memory layout of weights for sparse products, which read one row of W^T per non-zero input.
#pragma once

#include <string>

#include "ff/core/tensor_dict.h"

namespace ff::fused {

/// Transposes a matrix in memory, in place as a tensor: its shape is unchanged and its strides
/// become (1, rows). Uses huge pages if the system supports them.
void transpose_memory(const at::Tensor& matrix);

/// As above, for the weight called `name` and its optimizer state in `state`.
void transpose_memory(const at::Tensor& weight, const std::string& name, const TensorDict& state);

}  // namespace ff::fused
