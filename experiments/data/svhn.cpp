#include "experiments/data/svhn.h"

#include <stdexcept>

#include <ATen/Functions.h>

#include "experiments/data/arrays.h"
#include "experiments/data/bytes.h"
#include "experiments/data/mat.h"

namespace ff::experiments {
namespace {

constexpr std::int64_t kDigits = 10;

const at::Tensor& array_named(const std::map<std::string, at::Tensor>& arrays,
                              const std::string& name,
                              const DataFile& file) {
  const auto found = arrays.find(name);
  if (found != arrays.end()) return found->second;
  throw std::runtime_error(file.path + ": holds no array " + name +
                           "; expected: X, the images, and y, the labels" + kGetAgain);
}

LabelledImages half_of(const DataFile& file) {
  const auto arrays = mat_arrays(file);
  const auto images = array_named(arrays, "X", file), labels = array_named(arrays, "y", file);
  if (images.dim() != 4 || images.scalar_type() != at::kByte || images.size(2) != 3) {
    throw std::runtime_error(file.path + ": X is not uint8 (height, width, 3, images)" + kGetAgain);
  }
  const auto whole = labels.to(at::kLong).reshape({-1});
  if (!whole.to(at::kDouble).equal(labels.to(at::kDouble).reshape({-1}))) {
    throw std::runtime_error(file.path + ": y contains values that are not integers" + kGetAgain);
  }
  return {.images = images.permute({3, 2, 0, 1}).contiguous(),
          .labels = at::where(whole.eq(kDigits), at::zeros_like(whole), whole),
          .images_path = file.path,
          .labels_path = file.path};
}

RawData decode_svhn(const std::vector<DataFile>& files) {
  return both_halves(half_of(files[0]), half_of(files[1]), kDigits, kGetAgain);
}

}  // namespace

Dataset svhn() {
  return {
      .name = "svhn",
      .kind = "mat",
      .folders = {"svhn", "SVHN"},
      .files = {{"train_32x32.mat", "e26dedcc434d2e4c54c9b2d4a06d8373"},
                {"test_32x32.mat", "eb5a983be6a315427106f1b164d9cef3"}},
      .decode = decode_svhn,
      .original = {{0.4377, 0.4438, 0.4728}, {0.1980, 0.2010, 0.1970}},
      .train_count = 73257,
      .test_count = 26032,
      .url = "http://ufldl.stanford.edu/housenumbers/",
      .packed_files = false,
      .how_to_get = "ff data get svhn (the cropped digits)",
  };
}

}  // namespace ff::experiments
