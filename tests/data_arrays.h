// Files of arrays and pictures for tests: .npy, .npz, .mat, PNG, JPEG.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <ATen/core/Tensor.h>

#include "experiments/data/dataset.h"

namespace ff::test {

/// The memory of a tensor's values, in the order of its indices.
std::string bytes_of(const at::Tensor& values);

/// An .npy file with this header and data.
std::string npy_text(const std::string& header, const std::string& data, int version = 1);

/// An .npy file as numpy.save writes it.
std::string npy_bytes(const at::Tensor& values);

using NamedBytes = std::vector<std::pair<std::string, std::string>>;

/// A zip archive of these files, in this order.
std::string zip_bytes(const NamedBytes& files, bool deflated);

/// A MATLAB file of version 5 with these arrays, uint8 or float64.
std::string mat_bytes(const std::vector<std::pair<std::string, at::Tensor>>& arrays, bool packed);

/// Pixels uint8 (C, H, W) of 1 or 3 channels as a JPEG file.
std::string jpeg_bytes(const at::Tensor& pixels);

/// A PNG file of 8 bits per channel: 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha; or of 16
/// bits, grey.
std::string png_bytes(const at::Tensor& pixels);
std::string png16_bytes(std::int64_t height, std::int64_t width);

/// A file in memory.
ff::experiments::DataFile data_file(const std::string& path, const std::string& bytes);

}  // namespace ff::test
