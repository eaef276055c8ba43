#include "tests/data_arrays.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <jpeglib.h>
#include <png.h>
#include <stdexcept>

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include <zlib.h>

namespace ff::test {
namespace {

std::string little_endian(std::uint64_t number, int size) {
  std::string bytes;
  for (int i = 0; i < size; ++i) bytes += i < 8 ? static_cast<char>(number >> (8 * i) & 255) : '\0';
  return bytes;
}

// Compresses with raw deflate (no header) or with a zlib header.
std::string deflated_bytes(const std::string& bytes, bool raw) {
  z_stream stream{};
  deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, raw ? -15 : 15, 8, Z_DEFAULT_STRATEGY);
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

std::string element(std::uint32_t type, const std::string& data) {
  auto bytes = little_endian(type, 4) + little_endian(data.size(), 4) + data;
  if (type != 15) bytes += std::string((8 - data.size() % 8) % 8, '\0');
  return bytes;
}

std::string descr_of(const at::Tensor& values) {
  switch (values.scalar_type()) {
    case at::kByte:
      return "|u1";
    case at::kChar:
      return "|i1";
    case at::kShort:
      return "<i2";
    case at::kInt:
      return "<i4";
    case at::kLong:
      return "<i8";
    case at::kHalf:
      return "<f2";
    case at::kFloat:
      return "<f4";
    default:
      return "<f8";
  }
}

std::string written_png(png_image& image, const void* pixels) {
  std::string bytes(PNG_IMAGE_PNG_SIZE_MAX(image), '\0');
  png_alloc_size_t size = bytes.size();
  if (!png_image_write_to_memory(&image, bytes.data(), &size, 0, pixels, 0, nullptr)) {
    throw std::runtime_error(image.message);
  }
  bytes.resize(size);
  return bytes;
}

}  // namespace

std::string bytes_of(const at::Tensor& values) {
  const auto whole = values.contiguous();
  return {static_cast<const char*>(whole.const_data_ptr()), whole.nbytes()};
}

std::string npy_text(const std::string& header, const std::string& data, int version) {
  const auto length = little_endian(header.size(), version == 1 ? 2 : 4);
  return std::string("\x93NUMPY") + static_cast<char>(version) + '\0' + length + header + data;
}

std::string npy_bytes(const at::Tensor& values) {
  std::string shape;
  for (const auto size : values.sizes()) shape += std::to_string(size) + ", ";
  return npy_text(
      "{'descr': '" + descr_of(values) + "', 'fortran_order': False, 'shape': (" + shape + "), }\n",
      bytes_of(values));
}

std::string zip_bytes(const NamedBytes& files, bool deflated) {
  std::string archive, directory;
  for (const auto& [name, bytes] : files) {
    const auto data = deflated ? deflated_bytes(bytes, /*raw=*/true) : bytes;
    const auto crc =
        crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size()));
    const auto common = little_endian(0, 2) + little_endian(deflated ? 8 : 0, 2) +
                        little_endian(0, 4) + little_endian(crc, 4) +
                        little_endian(data.size(), 4) + little_endian(bytes.size(), 4) +
                        little_endian(name.size(), 2) + little_endian(0, 2);
    directory += "PK\x01\x02" + little_endian(20, 2) + little_endian(20, 2) + common +
                 little_endian(0, 10) + little_endian(archive.size(), 4) + name;
    archive += "PK\x03\x04" + little_endian(20, 2) + common + name + data;
  }
  const auto count = little_endian(files.size(), 2);
  return archive + directory + "PK\x05\x06" + little_endian(0, 4) + count + count +
         little_endian(directory.size(), 4) + little_endian(archive.size(), 4) +
         little_endian(0, 2);
}

std::string mat_bytes(const std::vector<std::pair<std::string, at::Tensor>>& arrays, bool packed) {
  std::string file = "MATLAB 5.0 MAT-file, written by a test";
  file.resize(124, ' ');
  file += little_endian(0x0100, 2) + "IM";
  for (const auto& [name, values] : arrays) {
    std::string sizes;
    for (const auto size : values.sizes()) sizes += little_endian(size, 4);
    // MATLAB arrays are stored in column-major order.
    std::vector<std::int64_t> order;
    for (auto i = values.dim() - 1; i >= 0; --i) order.push_back(i);
    const bool bytes = values.scalar_type() == at::kByte;
    const auto matrix = element(6, little_endian(bytes ? 9 : 6, 8)) + element(5, sizes) +
                        little_endian(name.size() << 16 | 1, 4) + name +
                        std::string(4 - name.size(), '\0') +  // small data element format
                        element(bytes ? 2 : 9, bytes_of(values.permute(order)));
    const auto whole = element(14, matrix);
    file += packed ? element(15, deflated_bytes(whole, /*raw=*/false)) : whole;
  }
  return file;
}

std::string jpeg_bytes(const at::Tensor& pixels) {
  const auto rows = pixels.permute({1, 2, 0}).contiguous();
  jpeg_compress_struct jpeg{};
  jpeg_error_mgr errors{};
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_compress(&jpeg);
  unsigned char* memory = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&jpeg, &memory, &size);
  jpeg.image_height = static_cast<JDIMENSION>(rows.size(0));
  jpeg.image_width = static_cast<JDIMENSION>(rows.size(1));
  jpeg.input_components = static_cast<int>(rows.size(2));
  jpeg.in_color_space = rows.size(2) == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(&jpeg);
  jpeg_set_quality(&jpeg, 100, TRUE);
  jpeg_start_compress(&jpeg, TRUE);
  for (std::int64_t y = 0; y < rows.size(0); ++y) {
    auto* row = rows.mutable_data_ptr<std::uint8_t>() + y * rows.size(1) * rows.size(2);
    jpeg_write_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_compress(&jpeg);
  jpeg_destroy_compress(&jpeg);
  const std::string bytes(reinterpret_cast<char*>(memory), size);
  std::free(memory);
  return bytes;
}

std::string png_bytes(const at::Tensor& pixels) {
  const auto rows = pixels.permute({1, 2, 0}).contiguous();
  constexpr png_uint_32 kFormats[] = {
      PNG_FORMAT_GRAY, PNG_FORMAT_GA, PNG_FORMAT_RGB, PNG_FORMAT_RGBA};
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.height = static_cast<png_uint_32>(rows.size(0));
  image.width = static_cast<png_uint_32>(rows.size(1));
  image.format = kFormats[rows.size(2) - 1];
  return written_png(image, rows.const_data_ptr());
}

std::string png16_bytes(std::int64_t height, std::int64_t width) {
  const std::vector<std::uint16_t> pixels(height * width, 40000);
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.height = static_cast<png_uint_32>(height);
  image.width = static_cast<png_uint_32>(width);
  image.format = PNG_FORMAT_LINEAR_Y;
  return written_png(image, pixels.data());
}

ff::experiments::DataFile data_file(const std::string& path, const std::string& bytes) {
  auto tensor = at::empty({static_cast<std::int64_t>(bytes.size())}, at::kByte);
  if (!bytes.empty()) std::memcpy(tensor.mutable_data_ptr(), bytes.data(), bytes.size());
  return {path, tensor};
}

}  // namespace ff::test
