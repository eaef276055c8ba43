// Standard output with error checking: a failed write makes the program fail.
#pragma once

#include <array>
#include <streambuf>
#include <string_view>

namespace ff::experiments {

/// Stream buffer that replaces that of std::cout during its lifetime and stores the first write
/// error.
class StandardOutput : private std::streambuf {
 public:
  StandardOutput();
  ~StandardOutput() override;
  StandardOutput(const StandardOutput&) = delete;
  StandardOutput& operator=(const StandardOutput&) = delete;

  /// Flushes the buffer. Returns the errno of the first write error, or 0 if there was none.
  int finish();

 private:
  int_type overflow(int_type character) override;
  int sync() override;
  std::streamsize xsputn(const char* bytes, std::streamsize size) override;
  bool write_out();

  std::array<char, 1 << 14> buffer_;
  std::streambuf* before_;
  bool terminal_;  // stdout is a terminal: flush after each line
  int error_ = 0;
};

/// Opens /dev/null read-only for each closed standard stream (>&-), so that writing to it is an
/// error. Otherwise the next file to be opened would take its descriptor and receive the output.
void occupy_closed_streams();

}  // namespace ff::experiments
