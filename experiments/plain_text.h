// What an error says to a user.
#pragma once

#include <exception>
#include <string>

namespace ff::experiments {

/// An error's text without LibTorch's stack trace.
std::string plain_text(const std::exception& error);

}  // namespace ff::experiments
