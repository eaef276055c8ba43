// Allowed reactions of a reader to malformed input.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "experiments/data/dataset.h"

namespace ff::fuzz {

/// Calls the reader. Prints the reason and aborts if it throws anything but std::runtime_error or
/// std::invalid_argument, or if the message is not one printable line of at most 2,000 bytes
/// (several lines for ConfigError).
void expect_one_line_error(const std::function<void()>& read);

/// Wraps the bytes as a file that has been read.
ff::experiments::DataFile as_data_file(const std::uint8_t* data, std::size_t size);

/// Writes the bytes to a file in a folder of this process and returns its path; the next call with
/// the same `name` overwrites it.
std::filesystem::path as_file(const std::string& name, const std::uint8_t* data, std::size_t size);

}  // namespace ff::fuzz
