// Text that tables and reports share.
#pragma once

#include <string>
#include <vector>

namespace ff::experiments {

/// "a, b, c" for the separator ", ".
std::string join(const std::vector<std::string>& texts, const std::string& separator);

/// How many characters a terminal shows: "±" has two bytes and counts as one.
size_t display_width(const std::string& text);

}  // namespace ff::experiments
