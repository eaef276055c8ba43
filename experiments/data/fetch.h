// One file from an address (http, https or file), by libcurl.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>

namespace ff::experiments {

/// The file's bytes, of which there may be `most_bytes`: the largest set's archive, EMNIST's, has
/// 562 MB. Writes a line per file, and one per tenth of a large one, to `log`. Throws
/// std::runtime_error with the address and the reason.
std::string fetch(const std::string& url, std::ostream& log, std::int64_t most_bytes = 1 << 30);

}  // namespace ff::experiments
