// What an error says to a user.
#pragma once

#include <exception>
#include <optional>
#include <string>

namespace ff::experiments {

/// An error's text without LibTorch's stack trace.
std::string plain_text(const std::exception& error);

/// "not enough memory", with the bytes asked for where they are known; none when the error is
/// another one.
std::optional<std::string> out_of_memory_text(const std::exception& error);

}  // namespace ff::experiments
