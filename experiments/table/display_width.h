// Text layout helpers.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace ff::experiments {

/// Returns the number of characters that a terminal displays: the two bytes of "±" count as one.
size_t display_width(const std::string& text);

/// Wraps text to lines of at most `width` >= 1 characters: after a space, which is removed, else
/// after one of _ - . / or else anywhere.
std::vector<std::string> wrapped(const std::string& text, size_t width);

/// Returns the number of columns of the terminal of a stream (STDOUT_FILENO); std::nullopt if it is
/// not a terminal.
std::optional<size_t> terminal_width(int stream);

}  // namespace ff::experiments
