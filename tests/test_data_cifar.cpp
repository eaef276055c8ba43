#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include "experiments/data/cifar.h"
#include "experiments/data/read.h"
#include "tests/catch.h"
#include "tests/data_files.h"

using namespace ff::experiments;
using namespace ff::test;

namespace {

// Writes batches of 3 records in the layout of the archive, compressed if `packed`.
void write_set(const std::filesystem::path& folder, bool packed) {
  for (const auto& file : cifar10().files) {
    const auto bytes = cifar10_bytes(3);
    write_bytes(folder / (packed ? file.name + ".gz" : file.name), packed ? gzipped(bytes) : bytes);
  }
}

}  // namespace

TEST_CASE("CIFAR-10 batches become planes and labels, plain or packed", "[data]") {
  for (const bool packed : {false, true}) {
    const DataFolder root;
    write_set(root / "cifar-10-batches-bin", packed);
    const auto read = read_dataset(cifar10(), {root.path()});
    CHECK(read.folder == (root / "cifar-10-batches-bin").string());
    CHECK(read.data.classes == 10);
    CHECK(read.data.train_images.sizes() == at::IntArrayRef({15, 3, 32, 32}));
    CHECK(read.data.train_images.is_contiguous());
    CHECK(read.data.test_images.sizes() == at::IntArrayRef({3, 3, 32, 32}));
    // Image 1 of the second batch, channel 2, row 1, column 5.
    CHECK(read.data.train_images[4][2][1][5].item<int>() == (1 + 2048 + 32 + 5) % 256);
    CHECK(read.data.train_labels.equal(at::tensor({0, 1, 2}, at::kLong).repeat({5})));
    REQUIRE(read.warnings.size() == 3);  // checksums and both counts
    CHECK_THAT(read.warnings[0], ContainsSubstring("unknown checksum of data_batch_1.bin, "));
    CHECK_THAT(read.warnings[1],
               ContainsSubstring("has 15 training images, but the published version has 50000"));
  }
}

TEST_CASE("CIFAR-10: a batch cut short is refused", "[data]") {
  const DataFolder root;
  write_set(root / "cifar10", /*packed=*/false);
  write_bytes(root / "cifar10/data_batch_4.bin", cifar10_bytes(3).substr(1));
  CHECK_THAT(
      message_of([&] { read_dataset(cifar10(), {root.path()}); }),
      ContainsSubstring(
          "data_batch_4.bin: 9218 bytes; CIFAR-10's binary version requires a multiple of 3073"));
  write_bytes(root / "cifar10/data_batch_4.bin", "");
  CHECK_THAT(message_of([&] { read_dataset(cifar10(), {root.path()}); }),
             ContainsSubstring("data_batch_4.bin: 0 bytes"));
}

TEST_CASE("CIFAR-10: a label out of range is refused", "[data]") {
  const DataFolder root;
  write_set(root / "cifar10", /*packed=*/false);
  auto bytes = cifar10_bytes(3);
  bytes[3073] = 77;
  write_bytes(root / "cifar10/test_batch.bin", bytes);
  CHECK_THAT(
      message_of([&] { read_dataset(cifar10(), {root.path()}); }),
      ContainsSubstring("test_batch.bin: label 77 of image 1 (counted from 0); allowed: 0 to 9"));
}
