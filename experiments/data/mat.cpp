#include "experiments/data/mat.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <string_view>
#include <vector>

#include <ATen/Functions.h>

#include "experiments/data/bytes.h"
#include "experiments/plain_text.h"

namespace ff::experiments {
namespace {

constexpr std::size_t kHeader = 128;

// Types of data elements (miINT8, ...).
enum MatType : std::uint32_t {
  kInt8 = 1,
  kUint8 = 2,
  kUint16 = 4,
  kInt32 = 5,
  kUint32 = 6,
  kDouble = 9,
  kMatrix = 14,
  kPacked = 15
};

[[noreturn]] void fail(const std::string& name, const std::string& what) {
  throw std::runtime_error(name + ": " + what + kGetAgain);
}

std::uint32_t word_at(std::string_view bytes, std::size_t at) {
  std::uint32_t word = 0;
  for (int i = 3; i >= 0; --i) word = word << 8 | static_cast<std::uint8_t>(bytes[at + i]);
  return word;
}

struct Element {
  std::uint32_t type = 0;
  std::string_view data;
};

// Removes the next element from `bytes` and returns it; `name` is for error messages.
Element take_element(std::string_view& bytes, const std::string& name) {
  if (bytes.size() < 8) fail(name, "truncated: incomplete header of a MATLAB element");
  const auto first = word_at(bytes, 0);
  if (first >> 16 != 0) {  // small format: up to 4 bytes of data inside the tag
    const auto size = first >> 16;
    if (size > 4) fail(name, "corrupt MATLAB data: a small element of " + std::to_string(size));
    const Element element{first & 0xffff, bytes.substr(4, size)};
    bytes.remove_prefix(8);
    return element;
  }
  const std::size_t size = word_at(bytes, 4);
  if (size > bytes.size() - 8) {
    fail(name,
         "truncated: a MATLAB element has " + std::to_string(size) + " bytes, " +
             std::to_string(bytes.size() - 8) + " are left");
  }
  const Element element{first, bytes.substr(8, size)};
  // Compressed elements are not padded, all others to multiples of 8 bytes.
  const auto padded = first == kPacked ? size : (size + 7) / 8 * 8;
  bytes.remove_prefix(std::min(bytes.size(), 8 + padded));
  return element;
}

std::int64_t width_of(std::uint32_t type) {
  switch (type) {
    case kInt8:
    case kUint8:
      return 1;
    case kUint16:
      return 2;
    case kInt32:
    case kUint32:
      return 4;
    case kDouble:
      return 8;
    default:
      return 0;
  }
}

at::ScalarType scalar_type(std::uint32_t type) {
  switch (type) {
    case kInt8:
      return at::kChar;
    case kUint8:
      return at::kByte;
    case kUint16:
      return at::kShort;
    case kDouble:
      return at::kDouble;
    default:
      return at::kInt;
  }
}

std::vector<std::int64_t> dimensions(const Element& element, const std::string& name) {
  if (element.type != kInt32 || element.data.empty() || element.data.size() % 4 != 0) {
    fail(name, "corrupt MATLAB data: an array without dimensions");
  }
  std::vector<std::int64_t> sizes;
  for (std::size_t i = 0; i < element.data.size(); i += 4) {
    sizes.push_back(static_cast<std::int32_t>(word_at(element.data, i)));
  }
  return sizes;
}

// Returns the values as an array; MATLAB stores them in column-major order.
at::Tensor values(const Element& element,
                  const std::vector<std::int64_t>& sizes,
                  const std::string& name) {
  const auto width = width_of(element.type);
  if (width == 0) {
    fail(name, "MATLAB type " + std::to_string(element.type) + " is not supported");
  }
  const auto held = static_cast<std::int64_t>(element.data.size()) / width;
  std::int64_t count = 1;
  for (const auto size : sizes) {
    count = size < 0 || (size > 0 && count > held / size) ? held + 1 : count * size;
  }
  if (count != held) {
    fail(name,
         "corrupt MATLAB data: dimensions that do not fit " + std::to_string(held) + " values");
  }
  auto flat = at::empty({held}, at::TensorOptions(scalar_type(element.type)));
  if (held > 0) std::memcpy(flat.mutable_data_ptr(), element.data.data(), held * width);
  auto reversed = sizes;
  std::reverse(reversed.begin(), reversed.end());
  std::vector<std::int64_t> order;
  for (auto i = static_cast<std::int64_t>(sizes.size()) - 1; i >= 0; --i) order.push_back(i);
  const auto array = flat.view(reversed).permute(order);
  return element.type == kUint8 ? array : array.to(at::kDouble);
}

void take_array(std::string_view matrix,
                const std::string& file,
                std::map<std::string, at::Tensor>& arrays) {
  take_element(matrix, file);  // flags
  const auto sizes = dimensions(take_element(matrix, file), file);
  const auto name = std::string(take_element(matrix, file).data);
  const auto numbers = take_element(matrix, file);
  if (numbers.type == kMatrix) return;  // cell or structure array
  arrays[name] = values(numbers, sizes, file + ": " + printable(name));
}

}  // namespace

std::map<std::string, at::Tensor> mat_arrays(const DataFile& file) {
  auto bytes = as_text(file.bytes);
  if (!bytes.starts_with("MATLAB 5.0") || bytes.size() < kHeader || bytes.substr(126, 2) != "IM") {
    fail(file.path, "not a little-endian MATLAB file of version 5");
  }
  bytes.remove_prefix(kHeader);
  std::map<std::string, at::Tensor> arrays;
  while (!bytes.empty()) {
    const auto element = take_element(bytes, file.path);
    if (element.type == kMatrix) {
      take_array(element.data, file.path, arrays);
    } else if (element.type == kPacked) {
      const auto unpacked = inflated(element.data, Wrapping::kZlib, file.path);
      auto inner = as_text(unpacked);
      const auto matrix = take_element(inner, file.path);
      if (matrix.type == kMatrix) take_array(matrix.data, file.path, arrays);
    }
  }
  return arrays;
}

}  // namespace ff::experiments
