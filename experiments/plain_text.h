// Conversion of exceptions to user-facing error messages.
#pragma once

#include <cstddef>
#include <exception>
#include <optional>
#include <string>
#include <string_view>

namespace ff::experiments {

/// Returns the message of an exception without LibTorch's stack trace; for out-of-memory errors,
/// with a remedy.
std::string plain_text(const std::exception& error);

/// Returns an out-of-memory message, with the requested number of bytes if known; std::nullopt if
/// the error has another cause.
std::optional<std::string> out_of_memory_text(const std::exception& error);

/// Sanitises text from a file for use in a message: replaces control characters by '?' and
/// truncates to `most` bytes followed by "...".
std::string printable(std::string_view text, std::size_t most = 80);

}  // namespace ff::experiments
