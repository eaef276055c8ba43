// MD5 (RFC 1321), the checksum published for most data sets. It detects damaged files, not forged
// ones.
#pragma once

#include <string>
#include <string_view>

namespace ff::experiments {

/// Returns the MD5 as 32 lower-case hexadecimal digits, like md5sum.
std::string md5_hex(std::string_view bytes);

}  // namespace ff::experiments
