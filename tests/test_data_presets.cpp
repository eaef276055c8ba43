// Decoding of published data sets other than MNIST and CIFAR-10.
#include <ATen/Functions.h>

#include "experiments/data/cifar.h"
#include "experiments/data/emnist.h"
#include "experiments/data/kmnist.h"
#include "experiments/data/mat.h"
#include "experiments/data/read.h"
#include "experiments/data/svhn.h"
#include "tests/catch.h"
#include "tests/data_arrays.h"
#include "tests/data_files.h"

using namespace ff::experiments;
using namespace ff::test;

namespace {

// Returns an SVHN file with images (32, 32, 3, N) and labels (N, 1).
std::string svhn_bytes(const at::Tensor& images, const std::vector<double>& labels, bool packed) {
  const auto y = at::tensor(labels, at::kDouble).view({-1, 1});
  return mat_bytes({{"X", images}, {"y", y}}, packed);
}

std::string mat_fault(const std::string& bytes) {
  return message_of([&] { mat_arrays(data_file("x.mat", bytes)); });
}

void write_emnist(const DataFolder& root, const std::vector<int>& labels) {
  for (const auto* part : {"train", "test"}) {
    const auto name = "emnist-letters-" + std::string(part);
    write_bytes(root / (name + "-images-idx3-ubyte"),
                idx_images_bytes(static_cast<std::int64_t>(labels.size())));
    write_bytes(root / (name + "-labels-idx1-ubyte"), idx_labels_bytes(labels));
  }
}

}  // namespace

TEST_CASE("SVHN: MATLAB's order becomes planes, and label 10 the digit 0", "[data]") {
  const auto images = at::randint(0, 256, {32, 32, 3, 3}, at::kByte);
  for (const bool packed : {false, true}) {
    const DataFolder root;
    write_bytes(root / "svhn/train_32x32.mat", svhn_bytes(images, {10, 1, 9}, packed));
    write_bytes(root / "svhn/test_32x32.mat", svhn_bytes(images, {2, 10, 3}, packed));
    const auto data = read_dataset(svhn(), {root.path()}).data;
    CHECK(data.classes == 10);
    CHECK(data.train_labels.equal(at::tensor({0, 1, 9}, at::kLong)));
    CHECK(data.test_labels.equal(at::tensor({2, 0, 3}, at::kLong)));
    REQUIRE(data.train_images.sizes() == at::IntArrayRef({3, 3, 32, 32}));
    CHECK(data.train_images[2][1][5][7].equal(images[5][7][1][2]));
    CHECK(data.train_images.equal(images.permute({3, 2, 0, 1})));
  }
}

TEST_CASE("SVHN: labels that are no digits, and missing arrays, are refused", "[data]") {
  const auto images = at::zeros({32, 32, 3, 2}, at::kByte);
  const auto fault = [&](const std::string& train) {
    const DataFolder root;
    write_bytes(root / "train_32x32.mat", train);
    write_bytes(root / "test_32x32.mat", svhn_bytes(images, {1, 2}, false));
    return message_of([&] { read_dataset(svhn(), {root.path()}); });
  };
  CHECK_THAT(fault(svhn_bytes(images, {1, 11}, true)), ContainsSubstring("label 11 of image 1"));
  CHECK_THAT(fault(svhn_bytes(images, {-1, 1}, true)), ContainsSubstring("label -1 of image 0"));
  CHECK_THAT(fault(svhn_bytes(images, {1.5, 1}, true)), ContainsSubstring("not integers"));
  CHECK_THAT(fault(svhn_bytes(images, {1}, true)), ContainsSubstring("holds 2 images, but"));
  CHECK_THAT(fault(mat_bytes({{"X", images}}, true)), ContainsSubstring("holds no array y"));
  CHECK_THAT(
      fault(mat_bytes({{"X", images.to(at::kDouble)}, {"y", at::zeros({2}, at::kDouble)}}, true)),
      ContainsSubstring("X is not uint8 (height, width, 3, images)"));
}

TEST_CASE("MATLAB files that are none, cut short or corrupt are refused", "[data]") {
  CHECK_THAT(mat_fault(""),
             ContainsSubstring("x.mat: not a little-endian MATLAB file of version 5"));
  CHECK_THAT(mat_fault("\x89HDF"), ContainsSubstring("not a little-endian MATLAB file"));
  const auto numbers = at::arange(60, at::kByte).view({5, 12});
  for (const bool packed : {false, true}) {
    const auto whole = mat_bytes({{"X", numbers}}, packed);
    CHECK(mat_arrays(data_file("x", whole)).at("X").equal(numbers));
    for (std::size_t size = 129; size + 4 < whole.size(); ++size) {  // 4 bytes of padding
      CAPTURE(packed, size);
      CHECK_THAT(mat_fault(whole.substr(0, size)), ContainsSubstring("x.mat: truncated: "));
    }
  }
  auto wrong = mat_bytes({{"X", numbers}}, false);
  wrong[128 + 8 + 16 + 8] = 6;  // the first dimension
  CHECK_THAT(mat_fault(wrong), ContainsSubstring("dimensions that do not fit 60 values"));
}

TEST_CASE("CIFAR-100: fine labels, and records of two label bytes", "[data]") {
  const DataFolder root;
  const auto record = [](int coarse, int fine) {
    return std::string{static_cast<char>(coarse), static_cast<char>(fine)} +
           std::string(3072, static_cast<char>(fine));
  };
  write_bytes(root / "cifar-100-binary/train.bin", record(1, 99) + record(19, 3));
  write_bytes(root / "cifar-100-binary/test.bin", record(0, 42));
  const auto data = read_dataset(cifar100(), {root.path()}).data;
  CHECK(data.classes == 100);
  CHECK(data.train_labels.equal(at::tensor({99, 3}, at::kLong)));
  CHECK(data.train_images.sizes() == at::IntArrayRef({2, 3, 32, 32}));
  CHECK(data.train_images[1].eq(3).all().item<bool>());
  write_bytes(root / "cifar-100-binary/test.bin", record(0, 100));
  CHECK_THAT(message_of([&] { read_dataset(cifar100(), {root.path()}); }),
             ContainsSubstring("label 100 of image 0"));
  write_bytes(root / "cifar-100-binary/test.bin", record(0, 1).substr(1));
  CHECK_THAT(
      message_of([&] { read_dataset(cifar100(), {root.path()}); }),
      ContainsSubstring("3073 bytes; CIFAR-100's binary version requires a multiple of 3074"));
}

TEST_CASE("A user's own CIFAR records have as many classes as the largest label says", "[data]") {
  const DataFolder root;
  write_bytes(root / "train.bin", cifar10_bytes(5));
  write_bytes(root / "test.bin", cifar10_bytes(3));
  const auto data = read_dataset(user_cifar(), {root.path()}).data;
  CHECK(data.classes == 5);
  CHECK(data.test_images.sizes() == at::IntArrayRef({3, 3, 32, 32}));
}

TEST_CASE("EMNIST's letters stand upright, and are counted from 0", "[data]") {
  const DataFolder root;
  write_emnist(root, {1, 26, 2});
  const auto data = read_dataset(emnist_letters(), {root.path()}).data;
  CHECK(data.classes == 26);
  CHECK(data.train_labels.equal(at::tensor({0, 25, 1}, at::kLong)));
  // 4x12 in the file, transposed on reading
  REQUIRE(data.test_images.sizes() == at::IntArrayRef({3, 1, 12, 4}));
  CHECK(data.test_images[1][0][7][2].item<int>() == 1 + 2 * 12 + 7);
  write_emnist(root, {1, 0, 2});
  CHECK_THAT(message_of([&] { read_dataset(emnist_letters(), {root.path()}); }),
             ContainsSubstring("label 0 of image 1 (counted from 0); allowed: 1 to 26"));
  write_emnist(root, {1, 27, 2});
  CHECK_THAT(message_of([&] { read_dataset(emnist_letters(), {root.path()}); }),
             ContainsSubstring("label 27 of image 1"));
}

TEST_CASE("KMNIST is known by its packed files, plain ones are taken without", "[data]") {
  for (const bool packed : {false, true}) {
    const DataFolder root;
    write_idx_set(root / "kmnist", 6, 3, /*classes=*/3, packed);
    const auto read = read_dataset(kmnist(), {root.path()});
    CHECK(read.data.classes == 10);
    CHECK(read.unknown_files.size() == (packed ? 4 : 0));
    CHECK_THAT(
        read.warnings.front(),
        packed ? ContainsSubstring("MD5 of the packed file ")
               : ContainsSubstring("has 6 training images, but the published version has 60000"));
  }
}
