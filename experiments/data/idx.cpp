#include "experiments/data/idx.h"

#include <stdexcept>
#include <string>

#include <ATen/Functions.h>

#include "experiments/data/bytes.h"
#include "experiments/data/labels.h"

namespace ff::experiments {
namespace {

constexpr std::uint32_t kLabelsMagic = 0x0801;  // bytes, one dimension
constexpr std::uint32_t kImagesMagic = 0x0803;  // bytes, three dimensions
constexpr std::int64_t kMostPixels = 1 << 14;   // in a row or a column

[[noreturn]] void fail(const DataFile& file, const std::string& what) {
  throw std::runtime_error(file.path + ": " + what + kGetAgain);
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

// Checks the header of `dims` sizes against the file's length and returns the sizes.
std::vector<std::int64_t> read_sizes(const DataFile& file, std::uint32_t magic, int dims) {
  const auto size = file.bytes.numel();
  const std::int64_t header = 4 + 4 * dims;
  const std::string kind = dims == 1 ? "labels" : "images";
  if (size < header) {
    fail(file,
         "cut short: " + std::to_string(size) + " bytes, where the header of IDX " + kind +
             " alone has " + std::to_string(header));
  }
  if (word_at(file, 0) != magic) {
    fail(file,
         "magic number " + hex(word_at(file, 0)) + ", where IDX " + kind + " begin with " +
             hex(magic));
  }
  std::vector<std::int64_t> sizes;
  for (int i = 0; i < dims; ++i) sizes.push_back(word_at(file, 4 + 4 * i));
  std::int64_t item = 1;
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
             (held % item == 0 ? "" : " and " + std::to_string(held % item) + " bytes more") +
             ", where its header says " + std::to_string(sizes[0]) +
             (held < sizes[0] * item ? " (cut short)" : " (too long)"));
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
                           std::to_string(labels.size(0)) +
                           " labels; they must be as many, so get both again from one source");
}

}  // namespace

at::Tensor idx_images(const DataFile& file) {
  const auto sizes = read_sizes(file, kImagesMagic, /*dims=*/3);
  return file.bytes.slice(/*dim=*/0, 16).view({sizes[0], 1, sizes[1], sizes[2]});
}

at::Tensor idx_labels(const DataFile& file, std::int64_t classes) {
  read_sizes(file, kLabelsMagic, /*dims=*/1);
  return checked_labels(file.bytes.slice(/*dim=*/0, 8), classes, file.path);
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
                             "; they must be alike");
  }
  return data;
}

}  // namespace ff::experiments
