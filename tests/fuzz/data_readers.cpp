// Fuzz targets for data set files and archives.
#include <cstring>
#include <string_view>

#include <ATen/core/Tensor.h>

#include <zlib.h>

#include "experiments/data/bytes.h"
#include "experiments/data/cifar.h"
#include "experiments/data/csv.h"
#include "experiments/data/idx.h"
#include "experiments/data/mat.h"
#include "experiments/data/npy.h"
#include "experiments/data/pictures.h"
#include "experiments/data/svhn.h"
#include "experiments/data/tar.h"
#include "experiments/data/zip.h"
#include "tests/fuzz/expect.h"
#include "tests/fuzz/readers.h"

using namespace ff::experiments;
using namespace ff::fuzz;

namespace {

// Valid single-colour images can have a compression ratio of several thousand, so larger files are
// skipped: only invalid files may reach the memory limit.
constexpr std::size_t kLargestPicture = 1 << 13;

std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// Recomputes the checksum of each chunk, without which every mutation would be rejected at the
// first chunk.
std::string with_png_checksums(std::string bytes) {
  constexpr std::size_t kSignature = 8, kAround = 12;
  const auto byte = [&](std::size_t at) -> std::size_t {
    return static_cast<std::uint8_t>(bytes[at]);
  };
  for (auto at = kSignature; at + kAround <= bytes.size();) {
    const auto size = byte(at) << 24 | byte(at + 1) << 16 | byte(at + 2) << 8 | byte(at + 3);
    if (size > bytes.size() - at - kAround) break;
    const auto* chunk = reinterpret_cast<const Bytef*>(bytes.data() + at + 4);
    const auto sum = crc32_z(0, chunk, size + 4);
    for (int i = 0; i < 4; ++i) {
      bytes[at + 8 + size + static_cast<std::size_t>(i)] = static_cast<char>(sum >> (24 - 8 * i));
    }
    at += kAround + size;
  }
  return bytes;
}

}  // namespace

int fuzz_cifar(const std::uint8_t* data, std::size_t size) {
  const auto file = as_data_file(data, size);
  for (const auto& set : {cifar10(), cifar100(), user_cifar()}) {
    expect_one_line_error([&] { set.decode({file, file}); });
  }
  return 0;
}

int fuzz_csv(const std::uint8_t* data, std::size_t size) {
  const auto file = as_data_file(data, size);
  expect_one_line_error([&] { user_csv().decode({file, file}); });
  return 0;
}

int fuzz_gzip(const std::uint8_t* data, std::size_t size) {
  const auto packed = text_of(data, size);
  expect_one_line_error([&] { gunzip(packed, "input"); });
  expect_one_line_error([&] { inflated(packed, Wrapping::kZlib, "input"); });
  expect_one_line_error([&] { inflated(packed, Wrapping::kRaw, "input"); });
  return 0;
}

int fuzz_idx(const std::uint8_t* data, std::size_t size) {
  const auto file = as_data_file(data, size);
  expect_one_line_error([&] { idx_images(file); });
  expect_one_line_error([&] { idx_labels(file, 10); });
  return 0;
}

int fuzz_jpeg(const std::uint8_t* data, std::size_t size) {
  if (size > kLargestPicture) return 0;
  const auto path = as_file("input.jpg", data, size);
  expect_one_line_error([&] { read_picture(path); });
  return 0;
}

int fuzz_mat(const std::uint8_t* data, std::size_t size) {
  const auto file = as_data_file(data, size);
  expect_one_line_error([&] { svhn().decode({file, file}); });
  return 0;
}

int fuzz_npy(const std::uint8_t* data, std::size_t size) {
  const auto file = as_data_file(data, size);
  expect_one_line_error([&] { npy_images(file); });
  expect_one_line_error([&] { npy_labels(file); });
  return 0;
}

int fuzz_npz(const std::uint8_t* data, std::size_t size) {
  const auto file = as_data_file(data, size);
  expect_one_line_error([&] { user_npy().decode({file}); });
  return 0;
}

int fuzz_png(const std::uint8_t* data, std::size_t size) {
  if (size > kLargestPicture) return 0;
  const auto bytes = with_png_checksums(std::string(text_of(data, size)));
  const auto path =
      as_file("input.png", reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  expect_one_line_error([&] { read_picture(path); });
  return 0;
}

int fuzz_tar(const std::uint8_t* data, std::size_t size) {
  expect_one_line_error([&] { tar_files(text_of(data, size), "input"); });
  return 0;
}

int fuzz_zip(const std::uint8_t* data, std::size_t size) {
  expect_one_line_error([&] {
    for (const auto& [path, member] : zip_members(text_of(data, size), "input", "")) {
      expect_one_line_error([&] { unzipped(member, "input", ""); });
    }
  });
  return 0;
}
