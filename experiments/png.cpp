#include "experiments/png.h"

#include <png.h>
#include <stdexcept>
#include <string>

#include <c10/util/Exception.h>

#include "experiments/files.h"

namespace ff::experiments {

void write_png(const std::filesystem::path& path, const at::Tensor& pixels) {
  TORCH_CHECK(pixels.dim() == 3 && pixels.scalar_type() == at::kByte &&
                  (pixels.size(2) == 1 || pixels.size(2) == 3),
              "write_png: expected uint8 (H, W, 1 or 3), got ",
              pixels.scalar_type(),
              " ",
              pixels.sizes());
  const auto rows = pixels.contiguous();
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.height = static_cast<png_uint_32>(rows.size(0));
  image.width = static_cast<png_uint_32>(rows.size(1));
  image.format = rows.size(2) == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
  std::string bytes(PNG_IMAGE_PNG_SIZE_MAX(image), '\0');
  png_alloc_size_t size = bytes.size();
  if (!png_image_write_to_memory(&image,
                                 bytes.data(),
                                 &size,
                                 /*convert_to_8_bit=*/0,
                                 rows.const_data_ptr<std::uint8_t>(),
                                 /*row_stride=*/0,
                                 /*colormap=*/nullptr)) {
    throw std::runtime_error(path.string() + ": cannot be made a picture: " + image.message);
  }
  bytes.resize(size);
  write_file(path, bytes);
}

}  // namespace ff::experiments
