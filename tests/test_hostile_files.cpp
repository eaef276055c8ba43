// Malicious files: inputs that fuzzing (tests/fuzz/) found, or that it cannot reach.
#include <string>
#include <utility>
#include <vector>

#include <ATen/ops/zeros.h>

#include <zlib.h>

#include "experiments/config/config.h"
#include "experiments/data/pictures.h"
#include "experiments/data/tar.h"
#include "experiments/data/zip.h"
#include "experiments/pickle.h"
#include "tests/catch.h"
#include "tests/data_arrays.h"
#include "tests/data_files.h"

using namespace ff::experiments;
using namespace ff::test;

namespace {

std::string pickle_fault(const std::string& bytes) {
  return message_of(
      [&] { PickleReader(bytes, [](const PickleValue&) { return at::zeros({4}); }).read(); });
}

std::string big_endian(std::uint32_t number, int size) {
  std::string bytes;
  for (int i = size - 1; i >= 0; --i) bytes += static_cast<char>(number >> (8 * i));
  return bytes;
}

std::string picture_fault(const std::string& name, const std::string& bytes) {
  const DataFolder root;
  write_bytes(root / name, bytes);
  return message_of([&] { read_picture(root / name); });
}

std::string config_fault(const std::string& text) {
  return message_of([&] {
    Problems problems("c.json");
    config_from(parse_json(text, "c.json", problems), "c.json");
  });
}

}  // namespace

TEST_CASE("Pickles of values inside each other without end are refused", "[checkpoint]") {
  using std::string_literals::operator""s;
  const std::string tuple = ")";  // opcode \x85 wraps the top of the stack in a tuple
  CHECK(pickle_fault(tuple + std::string(150, '\x85') + ".") == "nothing was thrown");
  CHECK_THAT(pickle_fault(tuple + std::string(1000000, '\x85') + "."),
             ContainsSubstring("values nested too deeply"));
  CHECK_THAT(pickle_fault("]q\0h\0a."s), ContainsSubstring("contains itself"));
  CHECK_THAT(pickle_fault("]q\0]q\1h\0ah\0h\1a."s), ContainsSubstring("contains itself"));
}

TEST_CASE("A tensor of a pickle holds no more numbers than its storage", "[checkpoint]") {
  using std::string_literals::operator""s;
  // Storage, offset, sizes, strides: a storage of 4 elements viewed as (2) with stride 1, and as
  // (2^30) with stride 0.
  const auto rebuilt = [](const std::string& size, const std::string& stride) {
    return "ctorch._utils\n_rebuild_tensor_v2\n(NQK\0("s + size + "t(" + stride + "ttR.";
  };
  CHECK(pickle_fault(rebuilt("K\x02", "K\x01")) == "nothing was thrown");
  const std::vector<std::pair<std::string, std::string>> wrong = {
      {"K\x05", "K\x01"}, {"J\0\0\0\x40"s, "K\0"s}, {"K\x02", "K\x04"}};
  for (const auto& [size, stride] : wrong) {
    CHECK_THAT(pickle_fault(rebuilt(size, stride)), ContainsSubstring("exceeds its storage"));
  }
}

TEST_CASE("A zip archive's sizes are those that its bytes can have", "[data]") {
  for (const bool deflated : {false, true}) {
    auto archive = zip_bytes({{"a.npy", "hello hello hello"}}, deflated);
    const auto entry = archive.rfind("PK\x01\x02");
    REQUIRE(entry != std::string::npos);
    archive.replace(entry + 24, 4, "\xfe\xff\xff\x7f");
    CHECK_THAT(
        message_of([&] { zip_members(archive, "a.zip", ""); }),
        ContainsSubstring("a.zip: corrupt zip archive: a.npy has a declared size of 2147483646"));
  }
}

TEST_CASE("A picture's header is not believed beyond what the file can hold", "[data]") {
  const auto pixels = at::zeros({1, 8, 8}, at::kByte);
  const auto side = big_endian(16000, 4);
  auto png = png_bytes(pixels);
  png.replace(16, 8, side + side);
  const auto* header = reinterpret_cast<const Bytef*>(png.data() + 12);
  const auto sum = crc32_z(0, header, 17);
  png.replace(29, 4, big_endian(static_cast<std::uint32_t>(sum), 4));
  CHECK_THAT(picture_fault("x.png", png),
             ContainsSubstring("more pixels than the file can contain"));

  auto jpeg = jpeg_bytes(pixels);
  const auto frame = jpeg.find("\xff\xc0");
  REQUIRE(frame != std::string::npos);
  jpeg.replace(frame + 5, 4, big_endian(16000, 2) + big_endian(16000, 2));
  CHECK_THAT(picture_fault("x.jpg", jpeg),
             ContainsSubstring("more pixels than the file can contain"));
  jpeg.replace(frame + 5, 4, big_endian(65000, 2) + big_endian(65000, 2));
  CHECK_THAT(picture_fault("x.jpg", jpeg), ContainsSubstring("too large"));
}

TEST_CASE("Names in files are shown in one printable line", "[data][config]") {
  const auto archive = tar_bytes("a\nb\x1b", "hello").substr(0, 514);
  CHECK_THAT(message_of([&] { tar_files(archive, "a.tar"); }),
             ContainsSubstring("a.tar: truncated: a?b? has 5 bytes"));
  CHECK_THAT(config_fault(R"({"name": "a", "x\ny": 1})"),
             ContainsSubstring("c.json: x?y: unknown key"));
}

TEST_CASE("A config of values inside each other without end is refused", "[config]") {
  const auto nested = [](std::size_t depth) {
    return R"({"name": )" + std::string(depth, '[') + std::string(depth, ']') + "}";
  };
  CHECK_THAT(config_fault(nested(50)), ContainsSubstring("name: [[["));
  CHECK_THAT(config_fault(nested(300000)), ContainsSubstring("more than 100 levels deep"));
}
