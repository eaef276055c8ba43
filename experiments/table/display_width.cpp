#include "experiments/table/display_width.h"

#include <algorithm>
#include <sys/ioctl.h>

namespace ff::experiments {

size_t display_width(const std::string& text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](unsigned char c) { return (c & 0xC0) != 0x80; }));
}

namespace {

// Returns the number of bytes in the first `width` characters.
size_t bytes_of(const std::string& text, size_t width) {
  size_t bytes = 0;
  for (size_t characters = 0; bytes < text.size(); ++bytes) {
    const bool begins = (static_cast<unsigned char>(text[bytes]) & 0xC0) != 0x80;
    if (begins && characters++ == width) break;
  }
  return bytes;
}

// Returns the position at which to break a text of which `fit` bytes fit on the line.
size_t break_in(const std::string& text, size_t fit) {
  const auto space = text.rfind(' ', fit);
  if (space != std::string::npos && space > 0) return space;
  const auto mark = text.find_last_of("_-./", fit - 1);
  return mark == std::string::npos || mark == 0 ? fit : mark + 1;
}

}  // namespace

std::vector<std::string> wrapped(const std::string& text, size_t width) {
  std::vector<std::string> lines;
  auto rest = text;
  while (display_width(rest) > width) {
    const auto end = break_in(rest, bytes_of(rest, width));
    lines.push_back(rest.substr(0, end));
    rest.erase(0, end + (rest[end] == ' ' ? 1 : 0));
  }
  lines.push_back(rest);
  return lines;
}

std::optional<size_t> terminal_width(int stream) {
  winsize size = {};
  if (ioctl(stream, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return std::nullopt;
  return size.ws_col;
}

}  // namespace ff::experiments
