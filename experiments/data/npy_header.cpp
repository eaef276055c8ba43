#include "experiments/data/npy_header.h"

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <string_view>

#include "experiments/data/bytes.h"
#include "experiments/plain_text.h"

namespace ff::experiments {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";

// Parser of the header, a Python dict with three keys.
class HeaderReader {
 public:
  HeaderReader(std::string_view text, const DataFile& file) : text_(text), file_(file) {}

  NpyHeader read() {
    expect('{');
    while (!take('}')) {
      const auto key = quoted();
      expect(':');
      if (key == "descr") {
        read_type();
      } else if (key == "fortran_order") {
        header_.fortran_order = truth();
      } else if (key == "shape") {
        read_shape();
      } else {
        fail();
      }
      ++keys_;
      if (!take(',')) {
        expect('}');
        break;
      }
    }
    if (keys_ != 3 || header_.kind == 0) fail();
    return header_;
  }

 private:
  [[noreturn]] void fail() const {
    fail_npy(file_,
             "its header is invalid; expected a NumPy header with descr, fortran_order and shape");
  }

  void skip_spaces() {
    while (!text_.empty() && (text_[0] == ' ' || text_[0] == '\n')) text_.remove_prefix(1);
  }

  bool take(char wanted) {
    skip_spaces();
    if (text_.empty() || text_[0] != wanted) return false;
    text_.remove_prefix(1);
    return true;
  }

  void expect(char wanted) {
    if (!take(wanted)) fail();
  }

  bool take_word(std::string_view word) {
    skip_spaces();
    if (!text_.starts_with(word)) return false;
    text_.remove_prefix(word.size());
    return true;
  }

  bool truth() {
    if (take_word("True")) return true;
    if (!take_word("False")) fail();
    return false;
  }

  std::string quoted() {
    skip_spaces();
    if (text_.empty() || (text_[0] != '\'' && text_[0] != '"')) fail();
    const auto end = text_.find(text_[0], 1);
    if (end == std::string_view::npos) fail();
    const auto word = std::string(text_.substr(1, end - 1));
    text_.remove_prefix(end + 1);
    return word;
  }

  void read_type() {
    skip_spaces();
    if (text_.starts_with('[')) fail_npy(file_, "its values are records; allowed: plain numbers");
    const auto type = quoted();
    if (type.size() < 3 || std::string_view("<>|=").find(type[0]) == std::string_view::npos) fail();
    if (type[0] == '>') {
      fail_npy(file_,
               "its values are big-endian (" + printable(type) +
                   "); allowed: little-endian; save it again " + "after array = array.astype('<" +
                   printable(type.substr(1)) + "')");
    }
    const auto end = type.data() + type.size();
    const auto [rest, error] = std::from_chars(type.data() + 2, end, header_.bytes);
    const bool number = std::string_view("uif").find(type[1]) != std::string_view::npos;
    if (!number || error != std::errc() || rest != end || header_.bytes < 1 || header_.bytes > 8) {
      fail_npy(file_,
               "its values are of type '" + printable(type) + "'; allowed: integers and floats");
    }
    header_.kind = type[1];
  }

  void read_shape() {
    expect('(');
    while (!take(')')) {
      skip_spaces();
      std::int64_t size = 0;
      const auto end = text_.data() + text_.size();
      const auto [rest, error] = std::from_chars(text_.data(), end, size);
      if (error != std::errc() || size < 0) fail();
      text_.remove_prefix(rest - text_.data());
      take('L');  // suffix of Python 2's long integers
      header_.shape.push_back(size);
      if (!take(',')) {
        expect(')');
        break;
      }
    }
  }

  std::string_view text_;
  const DataFile& file_;
  NpyHeader header_;
  int keys_ = 0;
};

void check_length(const DataFile& file, const NpyHeader& header) {
  const auto held = file.bytes.numel() - header.data_offset;
  std::int64_t wanted = header.bytes;
  for (const auto size : header.shape) {
    if (__builtin_mul_overflow(wanted, size, &wanted)) wanted = -1;
    if (wanted < 0) fail_npy(file, "its header says " + header.text() + ", which is too large");
  }
  if (held == wanted) return;
  fail_npy(file,
           "holds " + std::to_string(held) + " bytes of values, but its header says " +
               header.text() + ", which are " + std::to_string(wanted) +
               (held < wanted ? " (truncated)" : " (too long)"));
}

}  // namespace

void fail_npy(const DataFile& file, const std::string& what) {
  throw std::runtime_error(file.path + ": " + what + "; write it with numpy.save");
}

std::string NpyHeader::text() const {
  std::string text = kind == 'f' ? "float" : kind == 'u' ? "uint" : "int";
  text += std::to_string(8 * bytes) + " (";
  constexpr std::size_t kMostShown = 8;
  for (std::size_t i = 0; i < std::min(shape.size(), kMostShown); ++i) {
    text += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
  }
  if (shape.size() > kMostShown) text += ", ...";
  return text + (shape.size() == 1 ? ",)" : ")");
}

NpyHeader read_npy_header(const DataFile& file) {
  const auto bytes = as_text(file.bytes);
  if (!bytes.starts_with(kMagic)) {
    fail_npy(file, bytes.empty() ? "empty" : "not a .npy file: it does not start with \\x93NUMPY");
  }
  const auto byte = [&](std::size_t at) -> std::size_t {
    return at < bytes.size() ? static_cast<std::uint8_t>(bytes[at]) : 0;
  };
  const auto version = byte(6);
  if (version < 1 || version > 3) {
    fail_npy(file, "is of .npy version " + std::to_string(version) + "; allowed: 1 to 3");
  }
  const std::size_t begin = version == 1 ? 10 : 12;
  auto length = byte(8) | byte(9) << 8;
  if (version > 1) length |= byte(10) << 16 | byte(11) << 24;
  if (begin > bytes.size() || length > bytes.size() - begin) {
    fail_npy(file, "truncated: incomplete header");
  }
  auto header = HeaderReader(bytes.substr(begin, length), file).read();
  header.data_offset = static_cast<std::int64_t>(begin + length);
  check_length(file, header);
  return header;
}

}  // namespace ff::experiments
