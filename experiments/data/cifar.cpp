#include "experiments/data/cifar.h"

#include <algorithm>
#include <stdexcept>

#include <ATen/Functions.h>

#include "experiments/data/bytes.h"
#include "experiments/data/labels.h"

namespace ff::experiments {
namespace {

constexpr std::int64_t kPixels = 3 * 32 * 32;

// Record format of a set: label bytes, of which the last one is used, then the pixels.
struct Layout {
  const char* name;
  std::int64_t label_bytes;
  std::int64_t classes;

  std::int64_t record() const { return label_bytes + kPixels; }
};
constexpr Layout kCifar10{"CIFAR-10", 1, 10}, kCifar100{"CIFAR-100", 2, 100}, kOwn{"CIFAR", 1, 256};

// Returns the records, uint8 (N, record size).
at::Tensor records(const DataFile& file, const Layout& layout) {
  const auto size = file.bytes.numel();
  if (size == 0 || size % layout.record() != 0) {
    throw std::runtime_error(file.path + ": " + std::to_string(size) + " bytes; " + layout.name +
                             "'s binary version requires a multiple of " +
                             std::to_string(layout.record()) + file.cure);
  }
  return file.bytes.view({-1, layout.record()});
}

at::Tensor labels_of(const DataFile& file, const Layout& layout) {
  const auto labels = records(file, layout).select(/*dim=*/1, layout.label_bytes - 1);
  return checked_labels(labels, layout.classes, file);
}

at::Tensor images_of(const DataFile& file, const Layout& layout) {
  return records(file, layout).slice(/*dim=*/1, layout.label_bytes);
}

at::Tensor as_images(const std::vector<at::Tensor>& rows) {
  return at::cat(rows).view({-1, 3, 32, 32});
}

RawData decode(const std::vector<DataFile>& files, const Layout& layout) {
  std::vector<at::Tensor> images, labels;
  for (std::size_t i = 0; i + 1 < files.size(); ++i) {
    labels.push_back(labels_of(files[i], layout));
    images.push_back(images_of(files[i], layout));
  }
  return {.train_images = as_images(images),
          .train_labels = at::cat(labels),
          .test_images = as_images({images_of(files.back(), layout)}),
          .test_labels = labels_of(files.back(), layout),
          .classes = layout.classes};
}

RawData decode_user_cifar(const std::vector<DataFile>& files) {
  auto data = decode(files, kOwn);
  data.classes = 1 + std::max(data.train_labels.max().item<std::int64_t>(),
                              data.test_labels.max().item<std::int64_t>());
  return data;
}

}  // namespace

RawData decode_cifar10(const std::vector<DataFile>& files) { return decode(files, kCifar10); }

Dataset cifar10() {
  return {
      .name = "cifar10",
      .kind = "cifar",
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

Dataset cifar100() {
  return {
      .name = "cifar100",
      .kind = "cifar",
      .folders = {"cifar100", "cifar100/cifar-100-binary", "cifar-100-binary"},
      .files = {{"train.bin"}, {"test.bin"}},
      .decode = [](const auto& files) { return decode(files, kCifar100); },
      .original = {{0.5071, 0.4867, 0.4408}, {0.2675, 0.2565, 0.2761}},
      .train_count = 50000,
      .test_count = 10000,
      .url = "https://www.cs.toronto.edu/~kriz/",
      .archive = "cifar-100-binary.tar.gz",
      .archive_md5 = "03b5dce01913d631647c71ecec9e9cb8",
      .how_to_get = "ff data get cifar100 (the binary version; Python's pickles are not read)",
  };
}

Dataset user_cifar() {
  return {
      .name = "cifar",
      .kind = "cifar",
      .folders = {"cifar"},
      .files = {{"train.bin"}, {"test.bin"}},
      .decode = decode_user_cifar,
      .original = {{0.5}, {0.5}},
      .how_to_get =
          "put your own records, a label byte and 3x32x32 pixels each, into train.bin and test.bin "
          "of a folder and name it in dataset.root or --data-root (CIFAR-100 is dataset.name "
          "cifar100)",
      .cure = kOwnFormats,
      .own = true,
  };
}

}  // namespace ff::experiments
