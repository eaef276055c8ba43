// PNG and JPEG files as pixels.
#pragma once

#include <filesystem>

#include <ATen/core/Tensor.h>

namespace ff::experiments {

/// Whether the name ends in .png, .jpg or .jpeg, in capitals or not.
bool is_picture(const std::filesystem::path& path);

/// uint8 (C, H, W), C being 1 (grey) or 3 (red, green, blue). A palette becomes colours, fewer than
/// 8 bits become 8, an opaque alpha channel is left out. Throws std::runtime_error when the file
/// cannot be read, is damaged or cut short, or holds 16 bits per channel, transparent pixels, CMYK
/// or more than 16,384 pixels a side.
at::Tensor read_picture(const std::filesystem::path& path);

}  // namespace ff::experiments
