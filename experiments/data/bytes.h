// Reading of files into memory, with decompression (gzip, zlib, deflate).
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include <ATen/core/Tensor.h>

#include "experiments/data/dataset.h"

namespace ff::experiments {

/// Returns the contents of a file as uint8 (size), decompressed if its name ends in ".gz". Throws
/// std::runtime_error if it cannot be read, is truncated or corrupt; messages about its contents
/// end with `cure`.
at::Tensor read_bytes(const std::filesystem::path& path, const std::string& cure = kGetAgain);

/// Decompresses gzip data to uint8 (size); `name` and `cure` are for error messages. Throws
/// std::runtime_error if the data are truncated or corrupt.
at::Tensor gunzip(std::string_view packed,
                  const std::string& name,
                  const std::string& cure = kGetAgain);

/// Container of deflated data inside other files: with a zlib header, or without any.
enum class Wrapping { kZlib, kRaw };
/// Decompresses deflated data to uint8 (size). Throws as gunzip().
at::Tensor inflated(std::string_view packed,
                    Wrapping wrapping,
                    const std::string& name,
                    const std::string& cure = kGetAgain);

/// Returns the bytes of a contiguous uint8 tensor as a view, valid as long as the tensor.
std::string_view as_text(const at::Tensor& bytes);

}  // namespace ff::experiments
