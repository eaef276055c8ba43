#include <string>

#include "experiments/data/bytes.h"
#include "experiments/data/tar.h"
#include "tests/catch.h"
#include "tests/data_files.h"

using namespace ff::experiments;
using namespace ff::test;

namespace {

// Returns the error of read_bytes for a file "x.gz" with these bytes.
std::string message_about(const std::string& bytes) {
  const DataFolder folder;
  write_bytes(folder / "x.gz", bytes);
  const auto message = message_of([&] { read_bytes(folder / "x.gz"); });
  CHECK_THAT(message, ContainsSubstring((folder / "x.gz").string()));
  CHECK_THAT(message, ContainsSubstring("get it again"));
  CHECK(message.find('\n') == std::string::npos);
  return message;
}

std::string sample(std::size_t size) {
  std::string text;
  for (std::size_t i = 0; i < size; ++i) text += static_cast<char>((i * i) >> 3);
  return text;
}

}  // namespace

TEST_CASE("A file is read the same plain and packed", "[data]") {
  const DataFolder folder;
  for (const std::size_t size : {0, 1, 63, 64, 65, 100000}) {
    const auto text = sample(size);
    write_bytes(folder / "x", text);
    write_bytes(folder / "x.gz", gzipped(text));
    CHECK(as_text(read_bytes(folder / "x")) == text);
    CHECK(as_text(read_bytes(folder / "x.gz")) == text);
  }
}

TEST_CASE("Members of gzip data one after another make one file", "[data]") {
  const auto first = sample(5000), second = sample(300);
  CHECK(as_text(gunzip(gzipped(first) + gzipped(second), "x.gz")) == first + second);
}

TEST_CASE("Damaged gzip data are refused", "[data]") {
  const auto packed = gzipped(sample(5000));
  CHECK_THAT(message_about("plain text"), ContainsSubstring("not gzip data"));
  CHECK_THAT(message_about(""), ContainsSubstring("not gzip data"));
  CHECK_THAT(message_about(packed + "more"), ContainsSubstring("4 bytes follow the gzip data"));

  auto corrupt = packed;
  corrupt[corrupt.size() / 2] ^= 0x55;
  CHECK_THAT(message_about(corrupt), ContainsSubstring("corrupt gzip data"));
  auto wrong_sum = packed;
  wrong_sum[wrong_sum.size() - 6] ^= 1;
  CHECK_THAT(message_about(wrong_sum), ContainsSubstring("incorrect data check"));
}

TEST_CASE("gzip data cut short anywhere are refused", "[data]") {
  const auto packed = gzipped(sample(3000));
  for (std::size_t size = 2; size < packed.size(); size += size < 40 ? 1 : 97) {
    CHECK_THAT(message_of([&] { gunzip(packed.substr(0, size), "x.gz"); }),
               ContainsSubstring("truncated"));
  }
  CHECK_THAT(message_of([&] { gunzip(packed.substr(0, packed.size() - 1), "x.gz"); }),
             ContainsSubstring("truncated"));
}

TEST_CASE("A file that cannot be read is named", "[data]") {
  const DataFolder folder;
  CHECK_THAT(message_of([&] { read_bytes(folder / "none"); }),
             ContainsSubstring((folder / "none").string()));
}

TEST_CASE("Files come out of a tar archive by name", "[data]") {
  const auto contents = sample(1000);
  const auto archive = tar_bytes("folder/file.bin", contents);
  const auto files = tar_files(archive, "x.tar");
  REQUIRE(files.size() == 1);
  CHECK(files.at("file.bin") == contents);
  CHECK_THAT(message_of([&] { tar_files(archive.substr(0, 1024), "x.tar"); }),
             ContainsSubstring("x.tar: truncated: folder/file.bin has 1000 bytes, 512 are left"));
  CHECK_THAT(message_of([&] { tar_files(std::string(1024, 'z'), "x.tar"); }),
             ContainsSubstring("not a tar archive"));
}
