#include "experiments/files.h"

#include <cerrno>
#include <fcntl.h>
#include <stdexcept>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace ff::experiments {
namespace {

namespace fs = std::filesystem;

// errno is handed over by the caller, as cleaning up may change it.
std::runtime_error failure(const std::string& what, const fs::path& path, int error) {
  return std::runtime_error("cannot " + what + " " + path.string() + ": " +
                            std::generic_category().message(error));
}

// An open file that closes itself.
class File {
 public:
  File(const fs::path& path, int flags) : fd_(::open(path.c_str(), flags | O_CLOEXEC, 0666)) {}
  ~File() { close(); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  bool is_open() const { return fd_ >= 0; }
  int fd() const { return fd_; }

  // Some file systems report a full disk only here.
  bool close() {
    if (fd_ < 0) return true;
    const int result = ::close(fd_);
    fd_ = -1;
    return result == 0;
  }

 private:
  int fd_;
};

bool write_all(const File& file, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(file.fd(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

// Pipes, devices and some network folders know no fsync: for them the write was all there is.
bool sync(const File& file) { return ::fsync(file.fd()) == 0 || errno == EINVAL; }

// The rename has happened: a folder that cannot be synced is no reason to report a failure.
void sync_folder(const fs::path& folder) {
  const File file(folder, O_RDONLY | O_DIRECTORY);
  if (file.is_open()) sync(file);
}

// Writes and syncs the temporary file; the error number, 0 when all went well.
int write_new(const fs::path& path, std::string_view bytes) {
  File file(path, O_WRONLY | O_CREAT | O_TRUNC);
  const bool written = file.is_open() && write_all(file, bytes) && sync(file) && file.close();
  return written ? 0 : errno;
}

}  // namespace

void write_file(const fs::path& path, std::string_view bytes) {
  // The process in the name keeps two programs from writing into the same temporary file.
  const fs::path temporary = path.string() + ".tmp-" + std::to_string(::getpid());
  int error = write_new(temporary, bytes);
  if (error == 0 && ::rename(temporary.c_str(), path.c_str()) != 0) error = errno;
  if (error != 0) {
    ::unlink(temporary.c_str());
    throw failure("write", path, error);
  }
  sync_folder(path.has_parent_path() ? path.parent_path() : fs::path("."));
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
  if (write_all(file, std::string(line) + "\n") && sync(file)) return;
  const int error = errno;
  // Where even this fails (a device), there is no half line to take back.
  if (length >= 0 && ::ftruncate(file.fd(), length) != 0) errno = error;
  throw failure("write", path, error);
}

}  // namespace ff::experiments
