// Files as bytes in memory, unpacked where they are packed.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include <ATen/core/Tensor.h>

#include "experiments/data/dataset.h"

namespace ff::experiments {

/// The file as uint8 (size), unpacked where its name ends in ".gz". Throws std::runtime_error when
/// it cannot be read, is cut short or is corrupt; a message about its contents ends with `cure`.
at::Tensor read_bytes(const std::filesystem::path& path, const std::string& cure = kGetAgain);

/// Unpacks gzip data to uint8 (size); `name` and `cure` are for messages.
at::Tensor gunzip(std::string_view packed,
                  const std::string& name,
                  const std::string& cure = kGetAgain);

/// Unpacks deflated data with zlib's header (kZlib) or without any (kRaw), as they stand inside
/// other files; throws as gunzip does, with `cure` at the end.
enum class Wrapping { kZlib, kRaw };
at::Tensor inflated(std::string_view packed,
                    Wrapping wrapping,
                    const std::string& name,
                    const std::string& cure = kGetAgain);

/// The bytes of a contiguous uint8 tensor; valid as long as the tensor is.
std::string_view as_text(const at::Tensor& bytes);

}  // namespace ff::experiments
