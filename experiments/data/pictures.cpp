#include "experiments/data/pictures.h"

#include <algorithm>
#include <cctype>
#include <csetjmp>
#include <cstdio>
#include <cstring>
#include <jpeglib.h>
#include <png.h>
#include <stdexcept>
#include <string>
#include <vector>

#include <ATen/Functions.h>

#include "experiments/files.h"

namespace ff::experiments {
namespace {

constexpr std::uint32_t kMostPixels = 1 << 14;  // in a row or a column
// Checked before pixels are allocated, as their number comes from the header.
constexpr const char* kTooFewBytes =
    "truncated: its header says more pixels than the file can contain";

std::string lower_ending(const std::filesystem::path& path) {
  auto ending = path.extension().string();
  for (auto& c : ending) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return ending;
}

// Pixels (H, W, C) with row pointers, for a library to fill.
struct Canvas {
  at::Tensor pixels;
  std::vector<std::uint8_t*> rows;

  void resize(std::int64_t height, std::int64_t width, std::int64_t channels) {
    pixels = at::empty({height, width, channels}, at::kByte);
    for (std::int64_t y = 0; y < height; ++y) {
      rows.push_back(pixels.mutable_data_ptr<std::uint8_t>() + y * width * channels);
    }
  }
};

// libpng and libjpeg report errors by longjmp, which must not skip destructors of C++ objects: the
// functions that call setjmp have none, and return false after an error.

struct Png {
  png_structp png = nullptr;
  png_infop info = nullptr;
  std::string_view rest;
  std::string error;
  std::size_t row_bytes = 0;  // of the file's format, before expansion

  explicit Png(std::string_view bytes) : rest(bytes) {
    png = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, fail, ignore);
    if (png) info = png_create_info_struct(png);
    if (!info) throw std::runtime_error("libpng initialisation failed");
    png_set_read_fn(png, this, give);
    png_set_user_limits(png, kMostPixels, kMostPixels);
  }
  ~Png() { png_destroy_read_struct(&png, &info, nullptr); }
  Png(const Png&) = delete;
  Png& operator=(const Png&) = delete;

  static void fail(png_structp png, png_const_charp message) {
    static_cast<Png*>(png_get_error_ptr(png))->error = message;
    png_longjmp(png, 1);
  }
  static void ignore(png_structp, png_const_charp) {}
  static void give(png_structp png, png_bytep to, std::size_t size) {
    auto& rest = static_cast<Png*>(png_get_io_ptr(png))->rest;
    if (size > rest.size()) png_error(png, "cut short");
    std::memcpy(to, rest.data(), size);
    rest.remove_prefix(size);
  }
};

bool read_png_header(Png& png) {
  if (setjmp(png_jmpbuf(png.png))) return false;
  png_read_info(png.png, png.info);
  png.row_bytes = png_get_rowbytes(png.png, png.info);
  if (png_get_bit_depth(png.png, png.info) == 16) png_error(png.png, "16 bits per channel");
  png_set_expand(png.png);  // palettes and fewer than 8 bits to 8 bits, transparency to alpha
  png_set_interlace_handling(png.png);
  png_read_update_info(png.png, png.info);
  return true;
}

bool read_png_rows(Png& png, Canvas& canvas) {
  if (setjmp(png_jmpbuf(png.png))) return false;
  png_read_image(png.png, canvas.rows.data());
  png_read_end(png.png, nullptr);
  return true;
}

at::Tensor decode_png(std::string_view bytes) {
  Png png(bytes);
  Canvas canvas;
  if (!read_png_header(png)) throw std::runtime_error(png.error);
  constexpr std::size_t kMostGrowth = 1032;  // of deflate
  const auto height = png_get_image_height(png.png, png.info);
  if (png.row_bytes * height / kMostGrowth > bytes.size()) throw std::runtime_error(kTooFewBytes);
  const std::int64_t channels = png_get_channels(png.png, png.info);
  canvas.resize(height, png_get_image_width(png.png, png.info), channels);
  if (!read_png_rows(png, canvas)) throw std::runtime_error(png.error);
  if (channels % 2 == 1) return canvas.pixels;
  const auto alpha = canvas.pixels.select(/*dim=*/2, channels - 1);
  if (!alpha.eq(255).all().item<bool>()) throw std::runtime_error("has transparent pixels");
  return canvas.pixels.narrow(/*dim=*/2, 0, channels - 1);
}

struct Jpeg {
  jpeg_decompress_struct jpeg{};
  jpeg_error_mgr errors{};
  std::jmp_buf back{};
  char error[JMSG_LENGTH_MAX] = "";

  Jpeg() {
    jpeg.err = jpeg_std_error(&errors);
    jpeg.client_data = this;
    errors.error_exit = [](j_common_ptr common) {
      note(common);
      std::longjmp(of(common).back, 1);
    };
    // Treat warnings as errors: libjpeg would fill damaged parts with guesses. Messages of other
    // levels are ignored.
    errors.emit_message = [](j_common_ptr common, int level) {
      if (level < 0) common->err->error_exit(common);
    };
    jpeg_create_decompress(&jpeg);
  }
  ~Jpeg() { jpeg_destroy_decompress(&jpeg); }
  Jpeg(const Jpeg&) = delete;
  Jpeg& operator=(const Jpeg&) = delete;

  static Jpeg& of(j_common_ptr common) { return *static_cast<Jpeg*>(common->client_data); }
  static void note(j_common_ptr common) { common->err->format_message(common, of(common).error); }
};

bool read_jpeg_header(Jpeg& jpeg, const unsigned char* bytes, unsigned long size) {
  if (setjmp(jpeg.back)) return false;
  jpeg_mem_src(&jpeg.jpeg, bytes, size);
  jpeg_read_header(&jpeg.jpeg, TRUE);
  const bool grey = jpeg.jpeg.jpeg_color_space == JCS_GRAYSCALE;
  jpeg.jpeg.out_color_space = grey ? JCS_GRAYSCALE : JCS_RGB;
  jpeg.jpeg.dct_method = JDCT_ISLOW;
  return true;
}

bool start_jpeg(Jpeg& jpeg) {
  if (setjmp(jpeg.back)) return false;
  jpeg_start_decompress(&jpeg.jpeg);
  return true;
}

bool read_jpeg_rows(Jpeg& jpeg, Canvas& canvas) {
  if (setjmp(jpeg.back)) return false;
  while (jpeg.jpeg.output_scanline < jpeg.jpeg.output_height) {
    jpeg_read_scanlines(&jpeg.jpeg, canvas.rows.data() + jpeg.jpeg.output_scanline, 1);
  }
  jpeg_finish_decompress(&jpeg.jpeg);
  return true;
}

at::Tensor decode_jpeg(std::string_view bytes) {
  Jpeg jpeg;
  Canvas canvas;
  const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
  if (!read_jpeg_header(jpeg, data, bytes.size())) throw std::runtime_error(jpeg.error);
  const std::size_t height = jpeg.jpeg.image_height, width = jpeg.jpeg.image_width;
  if (std::max(height, width) > kMostPixels) throw std::runtime_error("too large");
  // pixels per byte; an image of a single colour has about 512
  constexpr std::size_t kMostGrowth = 4096;
  if (height * width / kMostGrowth > bytes.size()) throw std::runtime_error(kTooFewBytes);
  if (!start_jpeg(jpeg)) throw std::runtime_error(jpeg.error);
  canvas.resize(static_cast<std::int64_t>(height),
                static_cast<std::int64_t>(width),
                jpeg.jpeg.output_components);
  if (!read_jpeg_rows(jpeg, canvas)) throw std::runtime_error(jpeg.error);
  return canvas.pixels;
}

}  // namespace

bool is_picture(const std::filesystem::path& path) {
  const auto ending = lower_ending(path);
  return ending == ".png" || ending == ".jpg" || ending == ".jpeg";
}

at::Tensor read_picture(const std::filesystem::path& path) {
  const auto bytes = read_file(path);
  const bool png = lower_ending(path) == ".png";
  try {
    return (png ? decode_png(bytes) : decode_jpeg(bytes)).permute({2, 0, 1}).contiguous();
  } catch (const std::runtime_error& error) {
    throw std::runtime_error(path.string() + ": cannot be read as " + (png ? "PNG" : "JPEG") +
                             ": " + error.what() +
                             "; allowed: complete PNG and JPEG files, grey or RGB, 8 bits per "
                             "channel, without transparency, up to " +
                             std::to_string(kMostPixels) + " pixels per side");
  }
}

}  // namespace ff::experiments
