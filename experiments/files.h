// Files that are either whole or as they were: what run folders are written with.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace ff::experiments {

/// Makes `path` hold `bytes`, or leaves it as it was: writes a temporary file in the same folder
/// and renames it. Throws std::runtime_error with the path and the reason (disk full, not
/// writable).
void write_file(const std::filesystem::path& path, std::string_view bytes);

/// The whole file; throws std::runtime_error with the path and the reason.
std::string read_file(const std::filesystem::path& path);

/// Appends `line` and a line feed, making the file where there is none. When not all of it can be
/// written, nothing is, and std::runtime_error names the path and the reason.
void append_line(const std::filesystem::path& path, std::string_view line);

}  // namespace ff::experiments
