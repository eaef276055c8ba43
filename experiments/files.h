// Atomic, durable file writing for run folders: a file is either complete or unchanged.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <system_error>

namespace ff::experiments {

/// Receives the next bytes of a file being written. Never throws: an error is stored and reported
/// when the file is finished.
using ByteSink = std::function<void(const void* data, std::size_t size)>;

/// Atomically replaces the content of `path` with `bytes`: writes a temporary file in the same
/// folder, calls fsync and renames it. This applies to regular files and new files; symbolic links
/// are followed, including dangling ones. Devices and pipes are opened and written to directly.
/// Throws std::runtime_error with the path and the reason (disk full, permission denied).
void write_file(const std::filesystem::path& path, std::string_view bytes);

/// As write_file(), but streams the content: `write` passes it to the sink in parts, so the whole
/// file is never held in memory.
void write_file_in_parts(const std::filesystem::path& path,
                         const std::function<void(const ByteSink& sink)>& write);

/// Returns the content of the file. Throws std::runtime_error with the path and the reason.
std::string read_file(const std::filesystem::path& path);

/// Appends `line` and a newline and calls fsync; creates the file if it does not exist. A partial
/// write is rolled back. Throws std::runtime_error with the path and the reason.
void append_line(const std::filesystem::path& path, std::string_view line);

/// Creates a folder and its missing parents, and syncs the parent folders so that they survive a
/// power failure. Returns the error, if any.
std::error_code make_folders(const std::filesystem::path& folder);

/// Writes all of `bytes` to a file descriptor, retrying partial writes, EINTR and EAGAIN. Returns
/// false and sets errno on failure.
bool write_all(int file, std::string_view bytes);

}  // namespace ff::experiments
