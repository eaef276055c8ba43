// Builders for array and image files: .npy, .npz, .mat, PNG, JPEG.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <ATen/core/Tensor.h>

#include "experiments/data/dataset.h"

namespace ff::test {

/// Returns the bytes of a tensor in row-major order.
std::string bytes_of(const at::Tensor& values);

/// Returns an .npy file with the given header and data.
std::string npy_text(const std::string& header, const std::string& data, int version = 1);

/// Returns the .npy file that numpy.save would write.
std::string npy_bytes(const at::Tensor& values);

using NamedBytes = std::vector<std::pair<std::string, std::string>>;

/// Returns a zip archive of the files, in this order.
std::string zip_bytes(const NamedBytes& files, bool deflated);

/// Returns a MATLAB version 5 file with the arrays, uint8 or float64.
std::string mat_bytes(const std::vector<std::pair<std::string, at::Tensor>>& arrays, bool packed);

/// Encodes uint8 pixels (C, H, W), C = 1 or 3, as JPEG.
std::string jpeg_bytes(const at::Tensor& pixels);

/// Encodes a PNG file with 8 bits per channel (1 channel: grey, 2: grey and alpha, 3: RGB, 4:
/// RGBA), or a 16-bit greyscale PNG file.
std::string png_bytes(const at::Tensor& pixels);
std::string png16_bytes(std::int64_t height, std::int64_t width);

/// Wraps bytes as a DataFile.
ff::experiments::DataFile data_file(const std::string& path, const std::string& bytes);

}  // namespace ff::test
