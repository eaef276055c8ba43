// MD5 (RFC 1321): the checksum by which the public data sets are known. It tells a damaged file
// from a whole one; it is no protection against a forged one.
#pragma once

#include <string>
#include <string_view>

namespace ff::experiments {

/// 32 lower-case hexadecimal digits, as md5sum prints them.
std::string md5_hex(std::string_view bytes);

}  // namespace ff::experiments
