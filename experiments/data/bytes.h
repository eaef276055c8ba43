// Files as bytes in memory, unpacked where they are packed.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include <ATen/core/Tensor.h>

namespace ff::experiments {

/// What to say after a file that is not as it should be.
inline constexpr const char* kGetAgain = "; delete it and get it again ('ff data' says how)";

/// The file as uint8 (size), unpacked where its name ends in ".gz". Throws std::runtime_error when
/// it cannot be read, is cut short or is corrupt.
at::Tensor read_bytes(const std::filesystem::path& path);

/// Unpacks gzip data to uint8 (size); `name` is for messages.
at::Tensor gunzip(std::string_view packed, const std::string& name);

/// The bytes of a contiguous uint8 tensor; valid as long as the tensor is.
std::string_view as_text(const at::Tensor& bytes);

}  // namespace ff::experiments
