// Decoding of PNG and JPEG files.
#pragma once

#include <filesystem>

#include <ATen/core/Tensor.h>

namespace ff::experiments {

/// Returns whether the name ends in .png, .jpg or .jpeg, in any case.
bool is_picture(const std::filesystem::path& path);

/// Decodes a file to uint8 (C, H, W), with C = 1 (greyscale) or 3 (RGB). Palettes and images with
/// fewer than 8 bits are expanded; an opaque alpha channel is dropped. Throws std::runtime_error if
/// the file cannot be read, is damaged or truncated, or has 16 bits per channel, transparent
/// pixels, CMYK, or more than 16,384 pixels per side.
at::Tensor read_picture(const std::filesystem::path& path);

}  // namespace ff::experiments
