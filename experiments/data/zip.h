// Minimal reader of zip archives: stored or deflated members, with zip64.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include <ATen/core/Tensor.h>

namespace ff::experiments {

/// A file in an archive.
struct ZipMember {
  std::string_view packed;  // view into the archive
  bool deflated = false;
  std::uint64_t size = 0;  // unpacked size
  std::uint32_t crc = 0;   // of the unpacked bytes
};

/// Returns the files of the archive by path. Throws std::runtime_error if it is not a zip archive,
/// is truncated, encrypted or uses another compression; `name` and `cure` are for error messages.
std::map<std::string, ZipMember> zip_members(std::string_view archive,
                                             const std::string& name,
                                             const std::string& cure);

/// Returns the unpacked contents, uint8 (size). Throws std::runtime_error if they are corrupt.
at::Tensor unzipped(const ZipMember& member, const std::string& name, const std::string& cure);

}  // namespace ff::experiments
