// Just enough of the zip format to take files out of an archive: stored or deflated, also of more
// than 4 GiB.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include <ATen/core/Tensor.h>

namespace ff::experiments {

struct ZipMember {
  std::string_view packed;  // lies in the archive
  bool deflated = false;
  std::uint64_t size = 0;  // unpacked
  std::uint32_t crc = 0;   // of the unpacked bytes
};

/// The archive's files by path. Throws std::runtime_error when it is no zip archive, cut short,
/// encrypted or packed otherwise; `name` is for messages, which end with `cure`.
std::map<std::string, ZipMember> zip_members(std::string_view archive,
                                             const std::string& name,
                                             const std::string& cure);

/// Its bytes, uint8 (size). Throws when they are corrupt.
at::Tensor unzipped(const ZipMember& member, const std::string& name, const std::string& cure);

}  // namespace ff::experiments
