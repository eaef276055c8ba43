// What most of an image is made of.
#pragma once

#include <optional>
#include <string>

#include "ff/image_set.h"
#include "ff/tensor_dict.h"

namespace ff::fused {

/// The value that fills most of the input, where the first layer is to make use of it.
using Background = std::optional<double>;

/// The value that fills at least half of the images' pixels, in normalised units; none where there
/// is none such, or the images have several channels.
Background find_background(const ImageSet& images);

/// Moves a matrix into transposed memory: shape and tensor stay, strides become (1, rows).
void transpose_memory(const at::Tensor& matrix);

/// The same of a weight, `name`, and of what its optimizer keeps for it in `state`.
void transpose_memory(const at::Tensor& weight, const std::string& name, const TensorDict& state);

}  // namespace ff::fused
