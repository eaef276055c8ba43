// Standard output that is checked to its end: what could not be written is no success.
#pragma once

#include <array>
#include <streambuf>
#include <string_view>

namespace ff::experiments {

/// While it lives, std::cout writes through it; it remembers the first failure.
class StandardOutput : private std::streambuf {
 public:
  StandardOutput();
  ~StandardOutput() override;
  StandardOutput(const StandardOutput&) = delete;
  StandardOutput& operator=(const StandardOutput&) = delete;

  /// Writes what is left. The number of the first error there was, 0 if all has been written.
  int finish();

 private:
  int_type overflow(int_type character) override;
  int sync() override;
  std::streamsize xsputn(const char* bytes, std::streamsize size) override;
  bool write_out();

  std::array<char, 1 << 14> buffer_;
  std::streambuf* before_;
  bool terminal_;  // whoever looks at one sees each line at once
  int error_ = 0;
};

/// Standard streams that are closed (>&-) would be the first files that are opened, and those would
/// get what is printed: opens /dev/null in their place, such that writing to it is an error.
void occupy_closed_streams();

}  // namespace ff::experiments
