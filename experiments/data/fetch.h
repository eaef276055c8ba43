// One file from an address (http, https or file), by libcurl.
#pragma once

#include <ostream>
#include <string>

namespace ff::experiments {

/// The file's bytes. Writes a line per file, and one per tenth of a large one, to `log`. Throws
/// std::runtime_error with the address and the reason.
std::string fetch(const std::string& url, std::ostream& log);

}  // namespace ff::experiments
