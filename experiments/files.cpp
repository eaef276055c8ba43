#include "experiments/files.h"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <iostream>
#include <poll.h>
#include <stdexcept>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace ff::experiments {
namespace {

namespace fs = std::filesystem;

// Takes errno as an argument because clean-up calls may overwrite it.
std::runtime_error failure(const std::string& what, const fs::path& path, int error) {
  return std::runtime_error("cannot " + what + " " + path.string() + ": " +
                            std::generic_category().message(error));
}

// Owns a file descriptor.
class File {
 public:
  explicit File(int fd) : fd_(fd) {}
  File(const fs::path& path, int flags) : fd_(::open(path.c_str(), flags | O_CLOEXEC, 0666)) {}
  ~File() { close(); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  bool is_open() const { return fd_ >= 0; }
  int fd() const { return fd_; }

  // Some file systems (NFS) report a full disk only at close().
  bool close() {
    if (fd_ < 0) return true;
    const int result = ::close(fd_);
    fd_ = -1;
    return result == 0;
  }

 private:
  int fd_;
};

// fsync fails with EINVAL on pipes, devices and some network file systems: ignore that.
bool sync(const File& file) { return ::fsync(file.fd()) == 0 || errno == EINVAL; }

// Called after the rename has succeeded, so a failed fsync of the folder is ignored.
void sync_folder(const fs::path& folder) {
  const File file(folder.empty() ? fs::path(".") : folder, O_RDONLY | O_DIRECTORY);
  if (file.is_open()) sync(file);
}

using Parts = std::function<void(const ByteSink& sink)>;

// Writes, syncs and closes the file. Returns errno, or 0 on success.
int write_parts(File& file, const Parts& write) {
  if (!file.is_open()) return errno;
  int error = 0;
  write([&](const void* data, std::size_t size) {
    if (error == 0 && !write_all(file.fd(), {static_cast<const char*>(data), size})) error = errno;
  });
  if (error == 0 && !(sync(file) && file.close())) error = errno;
  return error;
}

// Resolves symbolic links, including a dangling one.
fs::path target_of(fs::path path) {
  constexpr int kMostLinks = 40;  // link limit of the Linux kernel
  std::error_code error;
  for (int i = 0; i < kMostLinks && fs::is_symlink(fs::symlink_status(path, error)); ++i) {
    path = path.parent_path() / fs::read_symlink(path, error);
  }
  return path;
}

void remove_quietly(const fs::path& path) { ::unlink(path.c_str()); }

// Writes a temporary file and renames it. The process id in its name keeps concurrent processes
// from writing to the same temporary file.
int replace(const fs::path& path, const struct stat* old, const Parts& write) {
  const fs::path temporary = path.string() + ".tmp-" + std::to_string(::getpid());
  int error = 0;
  try {
    File file(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW);
    if (file.is_open() && old) ::fchmod(file.fd(), old->st_mode & 0777);
    error = write_parts(file, write);
  } catch (...) {
    remove_quietly(temporary);
    throw;
  }
  if (error == 0 && ::rename(temporary.c_str(), path.c_str()) != 0) error = errno;
  if (error != 0) {
    remove_quietly(temporary);
    return error;
  }
  sync_folder(path.parent_path());
  return 0;
}

// Returns a duplicate of stdout or stderr if the path refers to one of them (/dev/stdout, or the
// file it is redirected to), else -1. Opening the path again would overwrite the file from its
// start.
int own_stream(const struct stat& status) {
  for (const int stream : {STDOUT_FILENO, STDERR_FILENO}) {
    struct stat own {};
    if (::fstat(stream, &own) != 0 || own.st_dev != status.st_dev || own.st_ino != status.st_ino)
      continue;
    if ((::fcntl(stream, F_GETFL) & O_ACCMODE) == O_RDONLY) continue;
    std::cout.flush();
    return ::fcntl(stream, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  }
  return -1;
}

// Ignores SIGPIPE during its lifetime, so that writing to a closed pipe fails with EPIPE.
class PipesAreErrors {
 public:
  PipesAreErrors() : before_(std::signal(SIGPIPE, SIG_IGN)) {}
  ~PipesAreErrors() { std::signal(SIGPIPE, before_); }
  PipesAreErrors(const PipesAreErrors&) = delete;
  PipesAreErrors& operator=(const PipesAreErrors&) = delete;

 private:
  void (*before_)(int);
};

}  // namespace

bool write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno == EAGAIN) {  // non-blocking descriptor: wait until writable
      pollfd room = {file, POLLOUT, 0};
      ::poll(&room, 1, -1);
      continue;
    }
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

void write_file_in_parts(const fs::path& path, const Parts& write) {
  struct stat status {};
  const bool there = ::stat(path.c_str(), &status) == 0;
  if (!there && errno != ENOENT) throw failure("write", path, errno);
  if (there && S_ISDIR(status.st_mode)) throw failure("write", path, EISDIR);
  const int stream = there ? own_stream(status) : -1;
  int error = 0;
  if (there && (stream >= 0 || !S_ISREG(status.st_mode))) {
    const PipesAreErrors pipes;
    File file(stream >= 0 ? stream : ::open(path.c_str(), O_WRONLY | O_NOCTTY | O_CLOEXEC));
    error = write_parts(file, write);
  } else {
    error = replace(target_of(path), there ? &status : nullptr, write);
  }
  if (error != 0) throw failure("write", path, error);
}

void write_file(const fs::path& path, std::string_view bytes) {
  write_file_in_parts(path, [&](const ByteSink& sink) { sink(bytes.data(), bytes.size()); });
}

std::string read_file(const fs::path& path) {
  const File file(path, O_RDONLY);
  if (!file.is_open()) throw failure("read", path, errno);
  std::string bytes;
  struct stat status {};
  if (::fstat(file.fd(), &status) == 0) bytes.reserve(static_cast<size_t>(status.st_size));
  char block[1 << 16];
  while (true) {
    const auto count = ::read(file.fd(), block, sizeof(block));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw failure("read", path, errno);
    if (count == 0) return bytes;
    bytes.append(block, static_cast<size_t>(count));
  }
}

void append_line(const fs::path& path, std::string_view line) {
  File file(path, O_WRONLY | O_CREAT | O_APPEND);
  if (!file.is_open()) throw failure("write", path, errno);
  const auto length = ::lseek(file.fd(), 0, SEEK_END);
  if (write_all(file.fd(), std::string(line) + "\n") && sync(file)) return;
  const int error = errno;
  // Roll back a partial line. If truncation fails (a device), report the original error.
  if (length >= 0 && ::ftruncate(file.fd(), length) != 0) errno = error;
  throw failure("write", path, error);
}

std::error_code make_folders(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> missing;
  for (auto part = folder.lexically_normal(); !part.empty() && !fs::exists(part, error);
       part = part.parent_path()) {
    if (part.has_filename()) missing.push_back(part);
  }
  fs::create_directories(folder, error);
  if (error) return error;
  for (const auto& made : missing) sync_folder(made.parent_path());
  return error;
}

}  // namespace ff::experiments
