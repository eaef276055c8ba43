#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include "experiments/data/bytes.h"
#include "experiments/data/idx.h"
#include "experiments/data/read.h"
#include "experiments/data/registry.h"
#include "tests/catch.h"
#include "tests/data_files.h"

using namespace ff::experiments;
using namespace ff::test;

namespace {

DataFile file_of(const std::string& bytes) {
  return {"folder/file",
          at::tensor(at::ArrayRef<std::uint8_t>(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                                bytes.size()),
                     at::kByte)};
}

std::string about_images(const std::string& bytes) {
  const auto message = message_of([&] { idx_images(file_of(bytes)); });
  CHECK_THAT(message, ContainsSubstring("folder/file: "));
  CHECK_THAT(message, ContainsSubstring("get it again"));
  return message;
}

std::string about_labels(const std::string& bytes) {
  return message_of([&] { idx_labels(file_of(bytes), /*classes=*/10); });
}

// Returns the error when decoding a set of four files.
std::string about_set(int train_images, int train_labels, int test_images, int test_labels) {
  const auto labels = [](int count) { return file_of(idx_labels_bytes(std::vector<int>(count))); };
  return message_of([&] {
    decode_idx({file_of(idx_images_bytes(train_images)),
                labels(train_labels),
                file_of(idx_images_bytes(test_images)),
                labels(test_labels)},
               /*classes=*/10);
  });
}

}  // namespace

TEST_CASE("IDX images and labels are read as they stand", "[data]") {
  const auto images = idx_images(file_of(idx_images_bytes(5)));
  CHECK(images.sizes() == at::IntArrayRef({5, 1, 4, 12}));
  CHECK(images[3][0][1][2].item<int>() == 3 + 12 + 2);
  const auto labels = idx_labels(file_of(idx_labels_bytes({3, 9, 0})), 10);
  CHECK(labels.equal(at::tensor({3, 9, 0}, at::kLong)));
}

TEST_CASE("IDX: a file cut short or too long is refused", "[data]") {
  const auto whole = idx_images_bytes(5);
  CHECK_THAT(about_images(""), ContainsSubstring("truncated: 0 bytes"));
  CHECK_THAT(about_images(whole.substr(0, 15)), ContainsSubstring("has 16"));
  CHECK_THAT(about_images(whole.substr(0, 16)),
             ContainsSubstring("holds 0 images, but its header says 5 (truncated)"));
  CHECK_THAT(about_images(whole.substr(0, whole.size() - 1)),
             ContainsSubstring("holds 4 images and 47 bytes, but its header says 5 (truncated)"));
  CHECK_THAT(about_images(whole + "x"),
             ContainsSubstring("holds 5 images and 1 bytes, but its header says 5 (too long)"));
}

TEST_CASE("IDX: a count that differs from the header is refused", "[data]") {
  CHECK_THAT(about_images(idx_images_bytes(5, 6)),
             ContainsSubstring("holds 5 images, but its header says 6 (truncated)"));
  CHECK_THAT(about_images(idx_images_bytes(5, 4)),
             ContainsSubstring("holds 5 images, but its header says 4 (too long)"));
  CHECK_THAT(about_labels(idx_labels_bytes({1, 2, 3}, 2)),
             ContainsSubstring("holds 3 labels, but its header says 2 (too long)"));
  CHECK_THAT(about_images(idx_images_bytes(0)), ContainsSubstring("the header says 0 images"));
}

TEST_CASE("IDX: a wrong magic number is refused", "[data]") {
  CHECK_THAT(about_images(idx_labels_bytes(std::vector<int>(20))),
             ContainsSubstring("magic number 0x00000801, where IDX images begin with 0x00000803"));
  CHECK_THAT(about_labels(idx_images_bytes(2)),
             ContainsSubstring("magic number 0x00000803, where IDX labels begin with 0x00000801"));
}

TEST_CASE("IDX: other types and dimensions are named, with what is allowed and how to get it",
          "[data]") {
  auto floats = idx_images_bytes(2);
  floats[2] = 0x0d;
  CHECK_THAT(about_images(floats),
             ContainsSubstring("it holds float32 in 3 dimensions; allowed: uint8 (count, height, "
                               "width), pixels 0 to 255; from x in [0, 1], in Python: (x * "
                               "255).round().astype('uint8').reshape(count, height, width)"));
  auto flat = idx_images_bytes(2);
  flat[3] = 2;
  CHECK_THAT(about_images(flat), ContainsSubstring("it holds uint8 in 2 dimensions; allowed: "));
  CHECK_THAT(about_labels(flat),
             ContainsSubstring("it holds uint8 in 2 dimensions; allowed: uint8, int8, int16 or "
                               "int32 (count), classes from 0; in Python: "));
  CHECK_THAT(about_labels(flat), ContainsSubstring("of one-hot rows labels.argmax(1)"));
  auto real = idx_labels_bytes({1, 2});
  real[2] = 0x0e;
  CHECK_THAT(about_labels(real), ContainsSubstring("it holds float64 in 1 dimension; allowed: "));
}

TEST_CASE("IDX: labels may have 8, 16 or 32 bits", "[data]") {
  const auto labels = [](char type, const std::string& numbers) {
    return idx_labels(file_of(std::string{0, 0, type, 1, 0, 0, 0, 2} + numbers), 300);
  };
  const auto want = [](std::int64_t a, std::int64_t b) { return at::tensor({a, b}, at::kLong); };
  CHECK(labels(0x08, {7, '\xff'}).equal(want(7, 255)));
  CHECK(labels(0x09, {7, 9}).equal(want(7, 9)));
  CHECK(labels(0x0b, {1, 2, 0, '\xf0'}).equal(want(258, 240)));
  CHECK(labels(0x0c, {0, 0, 1, 2, 0, 0, 0, 5}).equal(want(258, 5)));
  CHECK_THAT(message_of([&] {
               labels(0x09, {7, '\xff'});
             }),
             ContainsSubstring("label -1 of image 1 (counted from 0); allowed: 0 to 299"));
  CHECK_THAT(message_of([&] {
               labels(0x0b, {'\xff', '\xfe', 0, 1});
             }),
             ContainsSubstring("label -2 of image 0"));
  CHECK_THAT(message_of([&] {
               labels(0x0c, {0, 0, 0, 1, 0});
             }),
             ContainsSubstring("holds 1 labels and 1 bytes, but its header says 2"));
}

TEST_CASE("A user's own files are never to be deleted", "[data]") {
  const DataFolder root;
  write_idx_set(root.path(), 3, 2);
  const auto message_with = [&](const std::string& name, const std::string& bytes) {
    write_idx_set(root.path(), 3, 2);
    write_bytes(root / name, bytes);
    const auto message = message_of([&] { read_dataset(dataset_named("idx"), {root.path()}); });
    CHECK_THAT(message, ContainsSubstring(name) && ContainsSubstring("docs/data.md"));
    CHECK_THAT(message, !ContainsSubstring("delete") && !ContainsSubstring("get it again"));
    std::filesystem::remove(root / name);
    return message;
  };
  auto floats = idx_images_bytes(3);
  floats[2] = 0x0d;
  message_with("train-images-idx3-ubyte", floats);
  message_with("train-images-idx3-ubyte", floats.substr(0, 12));
  message_with("train-labels-idx1-ubyte", "1,2,3");
  message_with("t10k-images-idx3-ubyte", idx_images_bytes(1));

  auto packed = gzipped(idx_images_bytes(2));
  packed[packed.size() - 6] ^= 1;  // byte of the checksum
  write_bytes(root / "t10k-images-idx3-ubyte.gz", packed);
  const auto message = message_of([&] { read_dataset(dataset_named("idx"), {root.path()}); });
  CHECK_THAT(message, ContainsSubstring("corrupt gzip data") && ContainsSubstring("docs/data.md"));
}

TEST_CASE("IDX: image sizes that cannot be are refused", "[data]") {
  auto huge = idx_images_bytes(2);
  huge[8] = '\x7f';
  CHECK_THAT(about_images(huge), ContainsSubstring("allowed: 1 to 16384 in each direction"));
  auto none = idx_images_bytes(2);
  none[11] = '\0';
  CHECK_THAT(about_images(none), ContainsSubstring("images of 0x12 pixels"));
}

TEST_CASE("IDX: a label out of range is refused with its place", "[data]") {
  CHECK_THAT(about_labels(idx_labels_bytes({1, 2, 10, 255})),
             ContainsSubstring("label 10 of image 2 (counted from 0); allowed: 0 to 9"));
  CHECK_THAT(about_labels(idx_labels_bytes({255})), ContainsSubstring("label 255 of image 0"));
}

TEST_CASE("IDX: images and labels must be as many", "[data]") {
  CHECK_THAT(about_set(5, 4, 2, 2), ContainsSubstring("holds 5 images, but folder/file 4 labels"));
  CHECK_THAT(about_set(5, 5, 2, 3), ContainsSubstring("holds 2 images, but folder/file 3 labels"));
}

TEST_CASE("IDX: training and test images must be alike", "[data]") {
  auto other = idx_images_bytes(2);
  std::swap(other[11], other[15]);  // 12x4 instead of 4x12
  const std::vector<DataFile> files = {file_of(idx_images_bytes(1)),
                                       file_of(idx_labels_bytes({0})),
                                       file_of(other),
                                       file_of(idx_labels_bytes({0, 1}))};
  CHECK_THAT(message_of([&] { decode_idx(files, 10); }),
             ContainsSubstring("images of 12x4 pixels, but those of folder/file have 4x12"));
}

TEST_CASE("The classes of a user's own IDX files are counted", "[data]") {
  const std::vector<DataFile> files = {file_of(idx_images_bytes(2)),
                                       file_of(idx_labels_bytes({0, 3})),
                                       file_of(idx_images_bytes(1)),
                                       file_of(idx_labels_bytes({12}))};
  const auto data = dataset_named("idx").decode(files);
  CHECK(data.classes == 13);
  CHECK(data.train_labels.equal(at::tensor({0, 3}, at::kLong)));
}
