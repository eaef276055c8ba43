// Download of a single file (http, https or file) by libcurl.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>

namespace ff::experiments {

/// Returns the contents of the file, at most `most_bytes`; the default suffices for the largest
/// archive, EMNIST's with 562 MB. Writes one line per file, and one per 10 % of a large file, to
/// `log`. Throws std::runtime_error with the address and the reason.
std::string fetch(const std::string& url, std::ostream& log, std::int64_t most_bytes = 1 << 30);

}  // namespace ff::experiments
