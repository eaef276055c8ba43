#include "experiments/data/tar.h"

#include <algorithm>
#include <stdexcept>

#include "experiments/plain_text.h"

namespace ff::experiments {
namespace {

// a header is one block, and contents are padded to whole blocks
constexpr std::size_t kBlock = 512;

// Returns a text field up to its first NUL.
std::string_view text(std::string_view header, std::size_t offset, std::size_t length) {
  const auto field = header.substr(offset, length);
  return field.substr(0, field.find('\0'));
}

std::size_t octal(std::string_view digits, const std::string& name) {
  std::size_t number = 0;
  for (const char digit : digits) {
    if (digit == ' ') continue;
    if (digit < '0' || digit > '7') throw std::runtime_error(name + ": not a tar archive");
    number = number * 8 + static_cast<std::size_t>(digit - '0');
  }
  return number;
}

}  // namespace

std::map<std::string, std::string_view> tar_files(std::string_view archive,
                                                  const std::string& name) {
  std::map<std::string, std::string_view> files;
  while (archive.size() >= kBlock && archive[0] != '\0') {
    const auto path = std::string(text(archive, 0, 100));
    const auto size = octal(text(archive, 124, 12), name);
    const char type = archive[156];
    archive.remove_prefix(kBlock);
    if (size > archive.size()) {
      throw std::runtime_error(name + ": truncated: " + printable(path) + " has " +
                               std::to_string(size) + " bytes, " + std::to_string(archive.size()) +
                               " are left");
    }
    const bool regular = type == '0' || type == '\0';
    if (regular) files[path.substr(path.rfind('/') + 1)] = archive.substr(0, size);
    archive.remove_prefix(std::min(archive.size(), (size + kBlock - 1) / kBlock * kBlock));
  }
  return files;
}

}  // namespace ff::experiments
