#include <ATen/Functions.h>

#include "experiments/data/npy.h"
#include "experiments/data/read.h"
#include "tests/catch.h"
#include "tests/data_arrays.h"
#include "tests/data_files.h"

using namespace ff::experiments;
using namespace ff::test;

namespace {

std::string header(const std::string& descr,
                   const std::string& shape,
                   const std::string& order = "False") {
  return "{'descr': '" + descr + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }\n";
}

std::string image_fault(const std::string& bytes) {
  return message_of([&] { npy_images(data_file("x.npy", bytes)); });
}

std::string label_fault(const std::string& bytes) {
  return message_of([&] { npy_labels(data_file("y.npy", bytes)); });
}

// The four arrays: 6 + 3 images of 4x5, labels 0, 1, 2, 0, ...
struct Arrays {
  at::Tensor train = at::randint(0, 256, {6, 4, 5}, at::kByte);
  at::Tensor train_labels = at::arange(6, at::kLong).remainder(3);
  at::Tensor test = at::randint(0, 256, {3, 4, 5}, at::kByte);
  at::Tensor test_labels = at::arange(3, at::kLong);

  NamedBytes files() const {
    return {{"train_images.npy", npy_bytes(train)},
            {"train_labels.npy", npy_bytes(train_labels)},
            {"test_images.npy", npy_bytes(test)},
            {"test_labels.npy", npy_bytes(test_labels)}};
  }

  void write(const std::filesystem::path& folder) const {
    for (const auto& [name, bytes] : files()) write_bytes(folder / name, bytes);
  }
};

RawData read_npy(const DataFolder& root) { return read_dataset(user_npy(), {root.path()}).data; }

std::string fault_of(const Arrays& arrays) {
  const DataFolder root;
  arrays.write(root.path());
  return message_of([&] { read_npy(root); });
}

}  // namespace

TEST_CASE("npy: images of every allowed shape and type", "[data]") {
  const auto bytes = at::randint(0, 256, {2, 3, 4, 5}, at::kByte);
  CHECK(npy_images(data_file("x", npy_bytes(bytes))).equal(bytes));
  CHECK(npy_images(data_file("x", npy_bytes(bytes.select(1, 0)))).equal(bytes.narrow(1, 0, 1)));
  const auto flat = npy_images(data_file("x", npy_bytes(bytes.view({2, 60}))));
  CHECK(flat.equal(bytes.view({2, 1, 1, 60})));
  const auto floats = at::randn({2, 4, 5}, at::kFloat);
  for (const auto type : {at::kHalf, at::kFloat, at::kDouble}) {
    const auto given = floats.to(type);
    const auto read = npy_images(data_file("x", npy_bytes(given)));
    CHECK(read.scalar_type() == at::kFloat);
    CHECK(read.equal(given.to(at::kFloat).unsqueeze(1)));
  }
}

TEST_CASE("npy: Fortran's order and every version of the header", "[data]") {
  const auto bytes = at::randint(0, 256, {2, 4, 5}, at::kByte);
  const auto fortran = bytes_of(bytes.permute({2, 1, 0}));
  for (const int version : {1, 2, 3}) {
    const auto file = npy_text(header("|u1", "(2, 4, 5)", "True"), fortran, version);
    CHECK(npy_images(data_file("x", file)).equal(bytes.unsqueeze(1)));
  }
  const auto old = npy_text("{'shape': (2L, 4L, 5L), 'descr': \"<u1\", 'fortran_order': False}",
                            bytes_of(bytes));
  CHECK(npy_images(data_file("x", old)).equal(bytes.unsqueeze(1)));
}

TEST_CASE("npy: labels of every integer type", "[data]") {
  const auto want = at::tensor({0, 3, 1}, at::kLong);
  for (const auto type : {at::kByte, at::kChar, at::kShort, at::kInt, at::kLong}) {
    CHECK(npy_labels(data_file("y", npy_bytes(want.to(type)))).equal(want));
  }
  const auto as = [&](const std::string& descr, at::ScalarType same_size) {
    return npy_labels(
        data_file("y", npy_text(header(descr, "(3, 1)"), bytes_of(want.to(same_size)))));
  };
  CHECK(as("<u2", at::kShort).equal(want));
  CHECK(as("<u4", at::kInt).equal(want));
  CHECK(as("<u8", at::kLong).equal(want));
  CHECK_THAT(label_fault(npy_bytes(want.to(at::kFloat))),
             ContainsSubstring("float32 (3,); allowed for labels: integers"));
  CHECK_THAT(label_fault(npy_bytes(at::zeros({3, 2}, at::kLong))),
             ContainsSubstring("(3, 2); allowed for labels: (N,)"));
}

TEST_CASE("npy: files that are none, or hold something else, are refused", "[data]") {
  const std::string data(40, '\1');
  CHECK_THAT(image_fault(""), ContainsSubstring("x.npy: empty"));
  CHECK_THAT(image_fault("PK\x03\x04"), ContainsSubstring("does not start with \\x93NUMPY"));
  CHECK_THAT(image_fault(npy_text(header("|u1", "(2, 4, 5)"), data, 9)),
             ContainsSubstring("version 9; allowed: 1 to 3"));
  CHECK_THAT(image_fault(npy_text(header("<i8", "(1, 1, 5)"), data)),
             ContainsSubstring("int64 (1, 1, 5); allowed for images: uint8, float16"));
  CHECK_THAT(image_fault(npy_text(header(">f4", "(2, 5)"), data)),
             ContainsSubstring("big-endian (>f4); allowed: little-endian; save it again after "
                               "array = array.astype('<f4')"));
  CHECK_THAT(image_fault(npy_text(header("|b1", "(2, 4, 5)"), data)),
             ContainsSubstring("type '|b1'; allowed: integers and floats"));
  CHECK_THAT(image_fault(npy_text(header("|O", "(2, 4, 5)"), data)),
             ContainsSubstring("numpy.save"));
  CHECK_THAT(image_fault(npy_text("{'descr': [('a', '<f4')]}", data)),
             ContainsSubstring("records"));
  CHECK_THAT(image_fault(npy_text(header("|u1", "(40,)"), data)),
             ContainsSubstring("uint8 (40,); allowed for images: (N, H, W)"));
  CHECK_THAT(image_fault(npy_text(header("|u1", "(0, 4, 5)"), "")),
             ContainsSubstring("N at least 1"));
  CHECK_THAT(image_fault(npy_text(header("|u1", "(9223372036854775807, 4, 5)"), data)),
             ContainsSubstring("which is too large"));
}

TEST_CASE("npy: a file cut short anywhere is refused", "[data]") {
  const auto whole = npy_bytes(at::randint(0, 256, {2, 4, 5}, at::kByte));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    CHECK_THAT(image_fault(whole.substr(0, size)), ContainsSubstring("x.npy: "));
  }
  CHECK_THAT(image_fault(whole.substr(0, whole.size() - 1)),
             ContainsSubstring("holds 39 bytes of values, but its header says uint8 (2, 4, 5), "
                               "which are 40 (truncated)"));
  CHECK_THAT(image_fault(whole + "x"), ContainsSubstring("(too long)"));
}

TEST_CASE("npy: four files, or one .npz of them, are a data set", "[data]") {
  const Arrays arrays;
  const DataFolder plain;
  arrays.write(plain.path());
  const auto want = read_npy(plain);
  CHECK(want.classes == 3);
  CHECK(want.train_images.equal(arrays.train.unsqueeze(1)));
  CHECK(want.test_labels.equal(arrays.test_labels));
  for (const bool deflated : {false, true}) {
    const DataFolder bundled;
    write_bytes(bundled / "data.npz", zip_bytes(arrays.files(), deflated));
    const auto read = read_npy(bundled);
    CHECK(read.train_images.equal(want.train_images));
    CHECK(read.train_labels.equal(want.train_labels));
    CHECK(read.test_images.equal(want.test_images));
    CHECK(read.test_labels.equal(want.test_labels));
  }
}

TEST_CASE("npz: a damaged archive, or one that lacks an array, is refused", "[data]") {
  const auto fault = [](const std::string& bytes) {
    const DataFolder root;
    write_bytes(root / "data.npz", bytes);
    return message_of([&] { read_npy(root); });
  };
  auto files = Arrays().files();
  const auto whole = zip_bytes(files, /*deflated=*/true);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CHECK_THAT(fault(whole.substr(0, size)), ContainsSubstring("data.npz: "));
  }
  auto corrupt = zip_bytes(files, /*deflated=*/false);
  corrupt[corrupt.find("NUMPY") + 120] ^= 1;
  CHECK_THAT(fault(corrupt), ContainsSubstring("train_images.npy: corrupt: its size or checksum"));
  files.pop_back();
  CHECK_THAT(fault(zip_bytes(files, true)),
             ContainsSubstring("data.npz: holds no test_labels.npy, but test_images.npy"));
}

TEST_CASE("npy: arrays that do not belong together are refused", "[data]") {
  Arrays arrays;
  arrays.test = at::zeros({3, 4, 6}, at::kByte);
  CHECK_THAT(fault_of(arrays),
             ContainsSubstring("test_images.npy: images of 1x4x6 bytes, but those of"));
  arrays = {};
  arrays.test = arrays.test.to(at::kFloat);
  CHECK_THAT(fault_of(arrays), ContainsSubstring("1x4x5 floats"));
  arrays = {};
  arrays.train_labels = at::zeros({5}, at::kLong);
  CHECK_THAT(fault_of(arrays), ContainsSubstring("train_images.npy holds 6 images, but"));
}

TEST_CASE("npy: labels out of range and floats that are not finite are refused", "[data]") {
  Arrays arrays;
  arrays.train_labels[4] = -1;
  CHECK_THAT(fault_of(arrays),
             ContainsSubstring("train_labels.npy: label -1 of image 4 (counted from 0); allowed: 0 "
                               "to 65535; number the classes from 0"));
  arrays = {};
  arrays.test_labels[1] = 65536;
  CHECK_THAT(fault_of(arrays), ContainsSubstring("test_labels.npy: label 65536 of image 1"));
  arrays = {};
  arrays.train = arrays.train.to(at::kFloat);
  arrays.test = arrays.test.to(at::kFloat);
  arrays.test[2][3][1] = std::nan("");
  CHECK_THAT(
      fault_of(arrays),
      ContainsSubstring("test_images.npy: the value nan of image 2, channel 0, row 3, column "
                        "1 (counted from 0); allowed: finite float32 numbers"));
  arrays.train = at::full({6, 4, 5}, 1e300, at::kDouble);
  CHECK_THAT(fault_of(arrays), ContainsSubstring("train_images.npy: the value inf of image 0"));
}
