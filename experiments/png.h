// Pictures as PNG files.
#pragma once

#include <filesystem>

#include <ATen/core/Tensor.h>

namespace ff::experiments {

/// Writes pixels, uint8 (H, W, C) on the CPU, grey for C = 1 and red, green, blue for 3; the file
/// is whole or as it was. Throws std::runtime_error with the path and the reason.
void write_png(const std::filesystem::path& path, const at::Tensor& pixels);

}  // namespace ff::experiments
