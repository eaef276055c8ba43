#include "tests/fuzz/expect.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <string_view>
#include <typeinfo>
#include <unistd.h>

#include <ATen/ops/empty.h>

#include "experiments/config/problems.h"

namespace ff::fuzz {
namespace {

constexpr std::size_t kLongestLine = 2000;

[[noreturn]] void fail(const std::string& why, const std::string& text) {
  std::fprintf(stderr, "fuzz: %s: %s\n", why.c_str(), text.substr(0, 4 * kLongestLine).c_str());
  std::abort();
}

void check_line(std::string_view line, const std::string& text) {
  if (line.empty()) fail("an empty line in a message", text);
  if (line.size() > kLongestLine) fail("a line that is too long in a message", text);
  for (const unsigned char c : line) {
    if (c < 0x20 || c == 0x7f) fail("a control character in a message", text);
  }
}

void check_message(const std::exception& error) {
  const std::string text = error.what();
  const bool many = dynamic_cast<const ff::experiments::ConfigError*>(&error) != nullptr;
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto end = many ? std::min(text.find('\n', begin), text.size()) : text.size();
    check_line(std::string_view(text).substr(begin, end - begin), text);
    begin = end + 1;
  }
}

// Temporary folder, removed on normal exit.
struct Folder {
  std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("ff-fuzz-" + std::to_string(getpid()));

  Folder() { std::filesystem::create_directories(path); }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
};

}  // namespace

void expect_one_line_error(const std::function<void()>& read) {
  try {
    read();
  } catch (const std::runtime_error& error) {
    check_message(error);
  } catch (const std::invalid_argument& error) {
    check_message(error);
  } catch (const std::exception& error) {
    fail(std::string("an exception of type ") + typeid(error).name(), error.what());
  }
}

ff::experiments::DataFile as_data_file(const std::uint8_t* data, std::size_t size) {
  auto bytes = at::empty({static_cast<std::int64_t>(size)}, at::kByte);
  if (size > 0) std::memcpy(bytes.mutable_data_ptr(), data, size);
  return {"input", bytes};
}

std::filesystem::path as_file(const std::string& name, const std::uint8_t* data, std::size_t size) {
  static const Folder folder;
  const auto path = folder.path / name;
  std::ofstream stream(path, std::ios::binary | std::ios::trunc);
  stream.write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
  if (!stream.flush()) fail("cannot write", path.string());
  return path;
}

}  // namespace ff::fuzz
