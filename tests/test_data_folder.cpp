#include <ATen/Functions.h>

#include "experiments/data/folder.h"
#include "experiments/data/pictures.h"
#include "experiments/data/read.h"
#include "tests/catch.h"
#include "tests/data_arrays.h"
#include "tests/data_files.h"

using namespace ff::experiments;
using namespace ff::test;

namespace {

at::Tensor grey(int value) { return at::full({1, 4, 6}, value, at::kByte); }

// Two training images each of classes a and b, and a test image of b.
struct Pictures {
  DataFolder root;

  Pictures() {
    write_bytes(root / "train/b/1.png", png_bytes(grey(21)));
    write_bytes(root / "train/b/2.PNG", png_bytes(grey(22)));
    write_bytes(root / "train/a/9.png", png_bytes(grey(11)));
    write_bytes(root / "test/b/1.png", png_bytes(grey(23)));
  }

  ReadDataset read() const { return read_dataset(user_folder(), {root.path()}); }
  std::string fault() const {
    return message_of([&] { read(); });
  }
};

at::Tensor picture(const std::string& name, const std::string& bytes) {
  const DataFolder root;
  write_bytes(root / name, bytes);
  return read_picture(root / name);
}

std::string picture_fault(const std::string& name, const std::string& bytes) {
  return message_of([&] { picture(name, bytes); });
}

}  // namespace

TEST_CASE("A PNG's pixels are read as they are", "[data]") {
  at::manual_seed(1);
  for (const std::int64_t channels : {1, 3}) {
    const auto pixels = at::randint(0, 256, {channels, 5, 7}, at::kByte);
    CHECK(picture("x.png", png_bytes(pixels)).equal(pixels));
    const auto opaque = at::cat({pixels, at::full({1, 5, 7}, 255, at::kByte)});
    CHECK(picture("x.png", png_bytes(opaque)).equal(pixels));
  }
}

TEST_CASE("A JPEG's pixels are near those that were packed", "[data]") {
  const auto ramp = at::arange(35, at::kByte).mul(5).view({1, 5, 7});
  for (const std::int64_t channels : {1, 3}) {
    const auto pixels = ramp.repeat({channels, 1, 1});
    const auto read = picture("x.JPEG", jpeg_bytes(pixels));
    REQUIRE(read.sizes() == pixels.sizes());
    CHECK(read.to(at::kInt).sub(pixels.to(at::kInt)).abs().max().item<int>() <= 3);
  }
}

TEST_CASE("Pictures that are damaged, or of another kind, are refused", "[data]") {
  const auto png = png_bytes(at::randint(0, 256, {3, 5, 7}, at::kByte));
  const auto jpeg = jpeg_bytes(at::randint(0, 256, {1, 40, 40}, at::kByte));
  for (std::size_t size = 0; size < png.size(); ++size) {
    CHECK_THAT(picture_fault("x.png", png.substr(0, size)),
               ContainsSubstring("x.png: cannot be read as PNG: "));
  }
  for (std::size_t size = 0; size < jpeg.size(); size += 7) {
    CHECK_THAT(picture_fault("x.jpg", jpeg.substr(0, size)),
               ContainsSubstring("x.jpg: cannot be read as JPEG: "));
  }
  auto corrupt = png;
  corrupt[corrupt.find("IDAT") + 12] ^= 1;
  CHECK_THAT(picture_fault("x.png", corrupt), ContainsSubstring("cannot be read as PNG"));
  CHECK_THAT(picture_fault("x.png", jpeg), ContainsSubstring("Not a PNG file"));
  CHECK_THAT(picture_fault("x.jpg", png), ContainsSubstring("Not a JPEG file"));
  CHECK_THAT(picture_fault("x.png", png16_bytes(2, 2)), ContainsSubstring("16 bits per channel"));
  CHECK_THAT(picture_fault("x.png", png_bytes(at::full({2, 2, 2}, 200, at::kByte))),
             ContainsSubstring("has transparent pixels; allowed: "));
}

TEST_CASE("folder: classes by name, images in turn", "[data]") {
  const Pictures pictures;
  const auto read = pictures.read();
  CHECK(read.warnings.empty());
  const auto& data = read.data;
  CHECK(data.classes == 2);
  CHECK(data.train_labels.equal(at::tensor({0, 1, 1}, at::kLong)));
  CHECK(data.train_images.equal(at::stack({grey(11), grey(21), grey(22)})));
  CHECK(data.test_labels.equal(at::tensor({1}, at::kLong)));
  CHECK(data.test_images.equal(grey(23).unsqueeze(0)));
}

TEST_CASE("folder: hidden files are left out silently, others with a warning", "[data]") {
  const Pictures pictures;
  write_bytes(pictures.root / "train/a/.DS_Store", "x");
  write_bytes(pictures.root / "train/.cache/1.png", "x");
  CHECK(pictures.read().warnings.empty());
  write_bytes(pictures.root / "train/a/1.bmp", "x");
  const auto warnings = pictures.read().warnings;
  REQUIRE(warnings.size() == 1);
  CHECK_THAT(warnings[0],
             ContainsSubstring(
                 "1 files without the ending .png, .jpg or .jpeg are ignored, the first is 1.bmp"));
}

TEST_CASE("folder: images of other sizes are refused, the first of them named", "[data]") {
  const Pictures pictures;
  write_bytes(pictures.root / "train/b/3.png", png_bytes(at::zeros({1, 6, 4}, at::kByte)));
  write_bytes(pictures.root / "train/b/4.png", "nothing");
  CHECK_THAT(pictures.fault(),
             ContainsSubstring("train/b/3.png: 4x6 pixels (width x height), 1 channel, but "));
  CHECK_THAT(pictures.fault(), ContainsSubstring("train/a/9.png has 6x4 pixels"));
  write_bytes(pictures.root / "train/b/3.png", png_bytes(at::zeros({3, 4, 6}, at::kByte)));
  CHECK_THAT(pictures.fault(),
             ContainsSubstring("train/b/3.png: 6x4 pixels (width x height), 3 channels, but "));
}

TEST_CASE("folder: classes without images, and unknown ones, are refused", "[data]") {
  const Pictures pictures;
  std::filesystem::create_directories(pictures.root / "train/c");
  CHECK_THAT(pictures.fault(), ContainsSubstring("train/c: contains no image; expected: "));
  std::filesystem::remove(pictures.root / "train/c");
  write_bytes(pictures.root / "test/z/1.png", png_bytes(grey(1)));
  CHECK_THAT(pictures.fault(),
             ContainsSubstring("test/z: not a class of the training set; allowed: a, b"));
  std::filesystem::remove_all(pictures.root / "test");
  CHECK_THAT(pictures.fault(), ContainsSubstring("lacks test; to get it: put your own PNG"));
  std::filesystem::create_directories(pictures.root / "test");
  CHECK_THAT(pictures.fault(),
             ContainsSubstring("test: contains no folder; expected: one folder of PNG"));
}
