#include "experiments/standard_output.h"

#include <cerrno>
#include <fcntl.h>
#include <iostream>
#include <unistd.h>

#include "experiments/files.h"

namespace ff::experiments {

StandardOutput::StandardOutput()
    : before_(std::cout.rdbuf(this)), terminal_(::isatty(STDOUT_FILENO) == 1) {
  setp(buffer_.data(), buffer_.data() + buffer_.size());
}

StandardOutput::~StandardOutput() {
  write_out();
  std::cout.rdbuf(before_);
}

int StandardOutput::finish() {
  write_out();
  return error_;
}

// Writes nothing after an error, as the output would have a gap.
bool StandardOutput::write_out() {
  const std::string_view bytes(pbase(), static_cast<std::size_t>(pptr() - pbase()));
  if (error_ == 0 && !bytes.empty() && !write_all(STDOUT_FILENO, bytes)) error_ = errno;
  setp(buffer_.data(), buffer_.data() + buffer_.size());
  return error_ == 0;
}

StandardOutput::int_type StandardOutput::overflow(int_type character) {
  if (!write_out()) return traits_type::eof();
  if (traits_type::eq_int_type(character, traits_type::eof())) return traits_type::not_eof(0);
  return sputc(traits_type::to_char_type(character));
}

int StandardOutput::sync() { return write_out() ? 0 : -1; }

std::streamsize StandardOutput::xsputn(const char* bytes, std::streamsize size) {
  const auto written = std::streambuf::xsputn(bytes, size);
  const std::string_view text(bytes, static_cast<std::size_t>(written));
  if (terminal_ && text.find('\n') != std::string_view::npos) write_out();
  return written;
}

void occupy_closed_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(stream, F_GETFD) >= 0 || errno != EBADF) continue;
    // open() returns the lowest free descriptor, which is `stream`.
    static_cast<void>(::open("/dev/null", O_RDONLY));
  }
}

}  // namespace ff::experiments
