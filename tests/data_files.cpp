#include "tests/data_files.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <unistd.h>

#include <zlib.h>

namespace ff::test {
namespace {

std::string big_endian(std::int64_t number) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>((number >> shift) & 255);
  return bytes;
}

void set_variable(const std::string& name, const std::optional<std::string>& value) {
  if (value) {
    setenv(name.c_str(), value->c_str(), /*overwrite=*/1);
  } else {
    unsetenv(name.c_str());
  }
}

}  // namespace

DataFolder::DataFolder() {
  static int count = 0;
  path_ = std::filesystem::temp_directory_path() /
          ("ff-data-" + std::to_string(getpid()) + "-" + std::to_string(count++));
  std::filesystem::create_directories(path_);
}

DataFolder::~DataFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

EnvironmentVariable::EnvironmentVariable(const std::string& name,
                                         const std::optional<std::string>& value)
    : name_(name) {
  if (const char* before = std::getenv(name.c_str())) before_ = before;
  set_variable(name, value);
}

EnvironmentVariable::~EnvironmentVariable() { set_variable(name_, before_); }

void write_bytes(const std::filesystem::path& path, const std::string& bytes) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << bytes;
}

std::string gzipped(const std::string& bytes) {
  z_stream stream{};
  deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, /*windowBits=*/15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  if (deflate(&stream, Z_FINISH) != Z_STREAM_END) throw std::runtime_error("deflate failed");
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

std::string idx_images_bytes(std::int64_t images, std::int64_t count) {
  auto bytes =
      big_endian(0x0803) + big_endian(count < 0 ? images : count) + big_endian(4) + big_endian(12);
  for (std::int64_t i = 0; i < images; ++i) {
    for (int place = 0; place < 48; ++place) bytes += static_cast<char>((i + place) % 256);
  }
  return bytes;
}

std::string idx_labels_bytes(const std::vector<int>& labels, std::int64_t count) {
  auto bytes =
      big_endian(0x0801) + big_endian(count < 0 ? static_cast<std::int64_t>(labels.size()) : count);
  for (const int label : labels) bytes += static_cast<char>(label);
  return bytes;
}

void write_idx_set(const std::filesystem::path& folder,
                   std::int64_t train,
                   std::int64_t test,
                   int classes,
                   bool packed) {
  const auto labels = [classes](std::int64_t count) {
    std::vector<int> list;
    for (std::int64_t i = 0; i < count; ++i) list.push_back(static_cast<int>(i) % classes);
    return idx_labels_bytes(list);
  };
  const auto write = [&](const std::string& name, const std::string& bytes) {
    write_bytes(folder / (packed ? name + ".gz" : name), packed ? gzipped(bytes) : bytes);
  };
  write("train-images-idx3-ubyte", idx_images_bytes(train));
  write("train-labels-idx1-ubyte", labels(train));
  write("t10k-images-idx3-ubyte", idx_images_bytes(test));
  write("t10k-labels-idx1-ubyte", labels(test));
}

std::string cifar10_bytes(std::int64_t count) {
  std::string bytes;
  for (std::int64_t i = 0; i < count; ++i) {
    bytes += static_cast<char>(i % 10);
    for (int place = 0; place < 3072; ++place) bytes += static_cast<char>((i + place) % 256);
  }
  return bytes;
}

std::string tar_bytes(const std::string& name, const std::string& contents) {
  std::string header(512, '\0');
  header.replace(0, name.size(), name);
  char size[12];
  std::snprintf(size, sizeof(size), "%011zo", contents.size());
  header.replace(124, 11, size);
  header[156] = '0';
  const auto padding = (512 - contents.size() % 512) % 512;
  return header + contents + std::string(padding + 1024, '\0');
}

}  // namespace ff::test
