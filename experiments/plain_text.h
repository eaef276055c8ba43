// What an error says to a user.
#pragma once

#include <cstddef>
#include <exception>
#include <optional>
#include <string>
#include <string_view>

namespace ff::experiments {

/// An error's text without LibTorch's stack trace.
std::string plain_text(const std::exception& error);

/// "not enough memory", with the bytes asked for where they are known; none when the error is
/// another one.
std::optional<std::string> out_of_memory_text(const std::exception& error);

/// Text from a file for use inside a message: of at most `most` bytes, else cut and "...";
/// control characters become '?'.
std::string printable(std::string_view text, std::size_t most = 80);

}  // namespace ff::experiments
