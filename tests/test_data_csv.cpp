#include <ATen/Functions.h>

#include "experiments/data/csv.h"
#include "experiments/data/read.h"
#include "tests/catch.h"
#include "tests/data_arrays.h"
#include "tests/data_files.h"

using namespace ff::experiments;
using namespace ff::test;

namespace {

CsvTable table_of(const std::string& text) { return read_csv(data_file("x.csv", text)); }

std::string fault_of(const std::string& text) {
  return message_of([&] { table_of(text); });
}

RawData set_of(const std::string& train, const std::string& test) {
  const DataFolder root;
  write_bytes(root / "train.csv", train);
  write_bytes(root / "test.csv", test);
  return read_dataset(user_csv(), {root.path()}).data;
}

}  // namespace

TEST_CASE("csv: a line per image, its label first", "[data]") {
  const auto table = table_of("2,0,255,7\n0, 1 ,2,3\r\n\n");
  CHECK(table.labels == std::vector<std::int64_t>{2, 0});
  CHECK(table.width == 3);
  CHECK(table.values == std::vector<float>{0, 255, 7, 1, 2, 3});
  CHECK(table.bytes);
}

TEST_CASE("csv: a header says where the label stands", "[data]") {
  const auto table = table_of("\xef\xbb\xbf\"a\",label,b\n1,9,2\n3,8,4");
  CHECK(table.labels == std::vector<std::int64_t>{9, 8});
  CHECK(table.values == std::vector<float>{1, 2, 3, 4});
  CHECK_THAT(fault_of("a,b\n1,2\n"),
             ContainsSubstring("x.csv, line 1: is a header without a column named label"));
}

TEST_CASE("csv: other numbers than 0 to 255 make floats", "[data]") {
  for (const auto* value : {"256", "-1", "0.5", "1e2", "0255"}) {
    CHECK_FALSE(table_of("0,1," + std::string(value)).bytes);
  }
  CHECK(table_of("0,-1.5,2e-3").values == std::vector<float>{-1.5F, 2e-3F});
}

TEST_CASE("csv: two files make a set, of bytes where both hold bytes alone", "[data]") {
  const auto bytes = set_of("1,10,20\n0,30,40\n", "2,50,60\n");
  CHECK(bytes.classes == 3);
  CHECK(bytes.train_images.equal(at::tensor({10, 20, 30, 40}, at::kByte).view({2, 1, 1, 2})));
  CHECK(bytes.train_labels.equal(at::tensor({1, 0}, at::kLong)));
  const auto floats = set_of("1,10,20\n0,30,40\n", "2,50,0.5\n");
  CHECK(floats.train_images.scalar_type() == at::kFloat);
  CHECK(floats.test_images.equal(at::tensor({50.0, 0.5}, at::kFloat).view({1, 1, 1, 2})));
}

TEST_CASE("csv: what is not as it should be is refused with its line and column", "[data]") {
  CHECK_THAT(fault_of(""), ContainsSubstring("x.csv: holds no images"));
  CHECK_THAT(fault_of("label,a\n"), ContainsSubstring("x.csv: holds no images"));
  CHECK_THAT(fault_of("1\n2\n"), ContainsSubstring("line 1: holds one column"));
  CHECK_THAT(fault_of("1;2;3\n"), ContainsSubstring("comma-separated"));
  CHECK_THAT(fault_of("1,2,3\n1,2\n"),
             ContainsSubstring("line 2: holds 2 columns, but the first line has 3"));
  CHECK_THAT(fault_of("1,2,3\n\n1,2,x\n"),
             ContainsSubstring("line 3: 'x' in column 3; allowed: finite"));
  for (const auto* value : {"nan", "inf", "-inf", "1e39", "1e999", "", "0x1"}) {
    CAPTURE(value);
    CHECK_THAT(fault_of("1,2,3\n1,2," + std::string(value) + "\n"),
               ContainsSubstring("'" + std::string(value) + "' in column 3"));
  }
  for (const auto* label : {"-1", "1.0", "a", "99999999999999999999"}) {
    CAPTURE(label);
    CHECK_THAT(
        fault_of("1,2,3\n" + std::string(label) + ",2,3\n"),
        ContainsSubstring("'" + std::string(label) + "' in column 1; allowed: an integer from 0"));
  }
  CHECK_THAT(message_of([] { set_of("0,1,2\n", "0,1,2,3\n"); }),
             ContainsSubstring("test.csv: images of 1x1x3"));
  CHECK_THAT(message_of([] { set_of("70000,1,2\n", "0,1,2\n"); }),
             ContainsSubstring("train.csv: label 70000"));
}
