#include "experiments/data/idx.h"

#include <stdexcept>
#include <string>

#include <ATen/Functions.h>

#include "experiments/data/labels.h"

namespace ff::experiments {
namespace {

constexpr std::int64_t kMostPixels = 1 << 14;  // upper limit of the height and of the width

// Element type, by the third byte of the magic number.
struct Type {
  std::uint8_t code;
  const char* name;
  std::int64_t bytes;
  bool whole;
};
constexpr Type kTypes[] = {{0x08, "uint8", 1, true},
                           {0x09, "int8", 1, true},
                           {0x0b, "int16", 2, true},
                           {0x0c, "int32", 4, true},
                           {0x0d, "float32", 4, false},
                           {0x0e, "float64", 8, false}};

// Contents expected of a file.
struct Kind {
  const char* name;
  std::int64_t dims;
  const char* allowed;
  std::uint32_t magic;  // of published files
};
constexpr Kind kImages = {"images",
                          3,
                          "uint8 (count, height, width), pixels 0 to 255; from x in [0, 1], in "
                          "Python: (x * 255).round().astype('uint8').reshape(count, height, width)",
                          0x0803};
constexpr Kind kLabels = {
    "labels",
    1,
    "uint8, int8, int16 or int32 (count), classes from 0; in Python: "
    "labels.astype('uint8'), of one-hot rows labels.argmax(1).astype('uint8')",
    0x0801};

[[noreturn]] void fail(const DataFile& file, const std::string& what) {
  throw std::runtime_error(file.path + ": " + what + file.cure);
}

std::uint32_t word_at(const DataFile& file, std::int64_t offset) {
  const auto* bytes = file.bytes.const_data_ptr<std::uint8_t>() + offset;
  std::uint32_t word = 0;
  for (int i = 0; i < 4; ++i) word = (word << 8) | bytes[i];
  return word;
}

std::string hex(std::uint32_t word) {
  std::string text = "0x";
  for (int shift = 28; shift >= 0; shift -= 4) text += "0123456789abcdef"[(word >> shift) & 15];
  return text;
}

const Type* type_of(std::uint32_t magic) {
  for (const auto& type : kTypes) {
    if (magic >> 8 == type.code) return &type;
  }
  return nullptr;
}

// Returns the element type; throws if it or the number of dimensions is not allowed for `kind`.
const Type& checked_type(const DataFile& file, const Kind& kind) {
  const auto magic = word_at(file, 0);
  const auto* type = type_of(magic);
  const auto dims = static_cast<std::int64_t>(magic & 0xff);
  const bool fits =
      type && dims == kind.dims && (kind.dims == 1 ? type->whole : type->code == kTypes[0].code);
  if (fits) return *type;
  auto text =
      "magic number " + hex(magic) + ", where IDX " + kind.name + " begin with " + hex(kind.magic);
  if (type) {
    text += ": it holds " + std::string(type->name) + " in " + std::to_string(dims) +
            (dims == 1 ? " dimension" : " dimensions") + "; allowed: " + kind.allowed;
  }
  fail(file, text);
}

// Checks the header and the file's length, and returns the sizes; sets `type` to the element type.
std::vector<std::int64_t> read_sizes(const DataFile& file, const Kind& of, Type& type) {
  const auto size = file.bytes.numel();
  const auto dims = of.dims;
  const std::int64_t header = 4 + 4 * dims;
  const std::string kind = of.name;
  if (size >= 4) type = checked_type(file, of);
  if (size < header) {
    fail(file,
         "truncated: " + std::to_string(size) + " bytes, but the header of IDX " + kind + " has " +
             std::to_string(header));
  }
  std::vector<std::int64_t> sizes;
  for (int i = 0; i < dims; ++i) sizes.push_back(word_at(file, 4 + 4 * i));
  std::int64_t item = type.bytes;
  for (int i = 1; i < dims; ++i) {
    if (sizes[i] < 1 || sizes[i] > kMostPixels) {
      fail(file,
           "images of " + std::to_string(sizes[1]) + "x" + std::to_string(sizes[2]) +
               " pixels; allowed: 1 to " + std::to_string(kMostPixels) + " in each direction");
    }
    item *= sizes[i];
  }
  if (sizes[0] == 0) fail(file, "the header says 0 " + kind + "; at least 1 is needed");
  const auto held = size - header;
  if (held != sizes[0] * item) {
    fail(file,
         "holds " + std::to_string(held / item) + " " + kind +
             (held % item == 0 ? "" : " and " + std::to_string(held % item) + " bytes") +
             ", but its header says " + std::to_string(sizes[0]) +
             (held < sizes[0] * item ? " (truncated)" : " (too long)"));
  }
  return sizes;
}

void check_together(const DataFile& images_file,
                    const at::Tensor& images,
                    const DataFile& labels_file,
                    const at::Tensor& labels) {
  if (images.size(0) == labels.size(0)) return;
  throw std::runtime_error(images_file.path + " holds " + std::to_string(images.size(0)) +
                           " images, but " + labels_file.path + " " +
                           std::to_string(labels.size(0)) + " labels; the numbers must be equal" +
                           images_file.cure);
}

// Converts big-endian integers, signed except uint8, to int64 (count).
at::Tensor whole_numbers(const at::Tensor& bytes, std::int64_t count, const Type& type) {
  const auto digits = bytes.view({count, type.bytes});
  const bool is_signed = type.code != kTypes[0].code;
  auto first = digits.select(/*dim=*/1, 0);
  auto numbers = (is_signed ? first.view(at::kChar) : first).to(at::kLong);
  for (std::int64_t i = 1; i < type.bytes; ++i) {
    numbers = numbers.mul(256).add(digits.select(/*dim=*/1, i));
  }
  return numbers;
}

}  // namespace

at::Tensor idx_images(const DataFile& file) {
  Type type{};
  const auto sizes = read_sizes(file, kImages, type);
  return file.bytes.slice(/*dim=*/0, 16).view({sizes[0], 1, sizes[1], sizes[2]});
}

at::Tensor idx_labels(const DataFile& file, std::int64_t classes) {
  Type type{};
  const auto count = read_sizes(file, kLabels, type)[0];
  return checked_labels(whole_numbers(file.bytes.slice(/*dim=*/0, 8), count, type), classes, file);
}

RawData decode_idx(const std::vector<DataFile>& files, std::int64_t classes) {
  RawData data;
  data.classes = classes;
  data.train_images = idx_images(files[0]);
  data.train_labels = idx_labels(files[1], classes);
  data.test_images = idx_images(files[2]);
  data.test_labels = idx_labels(files[3], classes);
  check_together(files[0], data.train_images, files[1], data.train_labels);
  check_together(files[2], data.test_images, files[3], data.test_labels);
  const auto train = data.train_images.sizes().slice(1);
  const auto test = data.test_images.sizes().slice(1);
  if (train != test) {
    throw std::runtime_error(files[2].path + ": images of " + std::to_string(test[1]) + "x" +
                             std::to_string(test[2]) + " pixels, but those of " + files[0].path +
                             " have " + std::to_string(train[1]) + "x" + std::to_string(train[2]) +
                             "; all images must have the same size");
  }
  return data;
}

}  // namespace ff::experiments
