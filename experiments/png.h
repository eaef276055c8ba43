// PNG image output.
#pragma once

#include <filesystem>

#include <ATen/core/Tensor.h>

namespace ff::experiments {

/// Writes a uint8 CPU tensor (H, W, C) as a greyscale (C = 1) or RGB (C = 3) image. The write is
/// atomic. Throws std::runtime_error with the path and the reason.
void write_png(const std::filesystem::path& path, const at::Tensor& pixels);

}  // namespace ff::experiments
