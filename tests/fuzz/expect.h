// What a reader may do with bytes that are not as they should be.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "experiments/data/dataset.h"

namespace ff::fuzz {

/// Calls the reader. Aborts, saying why on standard error, when it throws something other than
/// std::runtime_error or std::invalid_argument, or a message that is not a printable line of at
/// most 2,000 bytes (of a ConfigError: lines).
void expect_plain_refusal(const std::function<void()>& read);

/// The bytes as a file that has been read.
ff::experiments::DataFile as_data_file(const std::uint8_t* data, std::size_t size);

/// A file with these bytes, in a folder of this process; `name` says how it is called. It is
/// written anew by the next call with the same name.
std::filesystem::path as_file(const std::string& name, const std::uint8_t* data, std::size_t size);

}  // namespace ff::fuzz
