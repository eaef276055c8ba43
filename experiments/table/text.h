// Text that tables and reports share.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace ff::experiments {

/// How many characters a terminal shows: "±" has two bytes and counts as one.
size_t display_width(const std::string& text);

/// The text in lines of at most `width` characters (at least 1): broken after a space, which then
/// goes, or else after one of _ - . / or else anywhere.
std::vector<std::string> wrapped(const std::string& text, size_t width);

/// The columns of the terminal that a stream (STDOUT_FILENO) goes to; none where it is no terminal.
std::optional<size_t> terminal_width(int stream);

}  // namespace ff::experiments
