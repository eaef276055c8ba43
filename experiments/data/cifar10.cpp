#include "experiments/data/cifar10.h"

#include <stdexcept>

#include <ATen/Functions.h>

#include "experiments/data/bytes.h"
#include "experiments/data/labels.h"

namespace ff::experiments {
namespace {

constexpr std::int64_t kClasses = 10;
constexpr std::int64_t kPixels = 3 * 32 * 32;
constexpr std::int64_t kRecord = 1 + kPixels;

// uint8 (N, 3073)
at::Tensor records(const DataFile& file) {
  const auto size = file.bytes.numel();
  if (size == 0 || size % kRecord != 0) {
    throw std::runtime_error(file.path + ": " + std::to_string(size) +
                             " bytes, where CIFAR-10's binary version has a multiple of " +
                             std::to_string(kRecord) + " (published: 30730000)" + file.cure);
  }
  return file.bytes.view({-1, kRecord});
}

at::Tensor labels_of(const DataFile& file) {
  return checked_labels(records(file).select(/*dim=*/1, 0), kClasses, file);
}

at::Tensor images_of(const DataFile& file) { return records(file).slice(/*dim=*/1, 1); }

at::Tensor as_images(const std::vector<at::Tensor>& rows) {
  return at::cat(rows).view({-1, 3, 32, 32});
}

}  // namespace

RawData decode_cifar10(const std::vector<DataFile>& files) {
  std::vector<at::Tensor> images, labels;
  for (std::size_t i = 0; i + 1 < files.size(); ++i) {
    labels.push_back(labels_of(files[i]));
    images.push_back(images_of(files[i]));
  }
  return {.train_images = as_images(images),
          .train_labels = at::cat(labels),
          .test_images = as_images({images_of(files.back())}),
          .test_labels = labels_of(files.back()),
          .classes = kClasses};
}

Dataset cifar10() {
  return {
      .name = "cifar10",
      .folders = {"cifar10", "cifar10/cifar-10-batches-bin", "cifar-10-batches-bin"},
      .files = {{"data_batch_1.bin", "5dd7e06a14cb22eb9f671a540d1b7c25"},
                {"data_batch_2.bin", "5ea93a67294ea407fff1d09f752e9692"},
                {"data_batch_3.bin", "942cd6a4bcdd0dd3c604fbe906cb4421"},
                {"data_batch_4.bin", "ae636b3ba5c66a11e91e8cb52e771fcb"},
                {"data_batch_5.bin", "53f37980c15c3d472c316c40844f3f0d"},
                {"test_batch.bin", "803d5f7f4d78ea53de84dbe85f74fb6d"}},
      .decode = decode_cifar10,
      .original = {{0.4914, 0.4822, 0.4465}, {0.2023, 0.1994, 0.2010}},
      .train_count = 50000,
      .test_count = 10000,
      .url = "https://www.cs.toronto.edu/~kriz/",
      .archive = "cifar-10-binary.tar.gz",
      .archive_md5 = "c32a1d4ab5d03f1284b67883e8d87530",
      .how_to_get = "ff data get cifar10 (the binary version; Python's pickles are not read)",
  };
}

}  // namespace ff::experiments
