// Files that are either whole or as they were: what run folders are written with.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <system_error>

namespace ff::experiments {

/// Takes the next bytes of a file that is being written. Never throws: a failure is kept until the
/// file is finished.
using ByteSink = std::function<void(const void* data, std::size_t size)>;

/// Makes `path` hold `bytes`, or leaves it as it was: writes a temporary file in the same folder
/// and renames it. That is done where a regular file is, or nothing; a symlink is followed, also to
/// a file that is not there yet. Anything else (a device, a pipe) is opened and written to. Throws
/// std::runtime_error with the path and the reason (disk full, not writable).
void write_file(const std::filesystem::path& path, std::string_view bytes);

/// The same for what `write` gives to the sink part by part, so that it is never in memory whole.
void write_file_in_parts(const std::filesystem::path& path,
                         const std::function<void(const ByteSink& sink)>& write);

/// The whole file; throws std::runtime_error with the path and the reason.
std::string read_file(const std::filesystem::path& path);

/// Appends `line` and a line feed, making the file where there is none. When not all of it can be
/// written, nothing is, and std::runtime_error names the path and the reason.
void append_line(const std::filesystem::path& path, std::string_view line);

/// Makes a folder with its parents, as far as they are missing, such that they outlast a power
/// failure; the error, if it cannot be.
std::error_code make_folders(const std::filesystem::path& folder);

/// Writes all of `bytes` to an open file, whatever the sizes it takes; false and errno on a
/// failure.
bool write_all(int file, std::string_view bytes);

}  // namespace ff::experiments
