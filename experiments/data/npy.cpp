#include "experiments/data/npy.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <stdexcept>

#include <ATen/Functions.h>

#include "experiments/data/arrays.h"
#include "experiments/data/bytes.h"
#include "experiments/data/npy_header.h"
#include "experiments/data/zip.h"
#include "experiments/plain_text.h"

namespace ff::experiments {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr const char* kNames[] = {
    "train_images.npy", "train_labels.npy", "test_images.npy", "test_labels.npy"};
constexpr const char* kBundle = "data.npz";
constexpr const char* kSaveAgain = "; write it again with numpy.savez";

// Returns the values in row-major order.
at::Tensor in_order(const at::Tensor& values, const NpyHeader& header) {
  auto shape = header.shape;
  if (!header.fortran_order) return values.view(shape);
  std::reverse(shape.begin(), shape.end());
  std::vector<std::int64_t> dims;
  for (auto i = static_cast<std::int64_t>(shape.size()) - 1; i >= 0; --i) dims.push_back(i);
  return values.view(shape).permute(dims).contiguous();
}

at::Tensor copied(const DataFile& file, const NpyHeader& header, at::ScalarType type) {
  const auto text = as_text(file.bytes).substr(static_cast<std::size_t>(header.data_offset));
  auto values =
      at::empty({static_cast<std::int64_t>(text.size()) / header.bytes}, at::TensorOptions(type));
  std::memcpy(values.mutable_data_ptr(), text.data(), text.size());
  return values;
}

at::Tensor image_values(const DataFile& file, const NpyHeader& header) {
  if (header.kind == 'u' && header.bytes == 1) {
    return file.bytes.slice(/*dim=*/0, header.data_offset);
  }
  if (header.kind == 'f' && header.bytes == 2)
    return copied(file, header, at::kHalf).to(at::kFloat);
  if (header.kind == 'f' && header.bytes == 4) return copied(file, header, at::kFloat);
  if (header.kind == 'f' && header.bytes == 8) {
    return copied(file, header, at::kDouble).to(at::kFloat);
  }
  fail_npy(file,
           "holds " + header.text() +
               "; allowed for images: uint8, float16, float32 and float64; convert it with "
               "array.astype('uint8') or array.astype('float32')");
}

template <class Integer>
at::Tensor integers(const DataFile& file, const NpyHeader& header) {
  const auto text = as_text(file.bytes).substr(static_cast<std::size_t>(header.data_offset));
  const auto count = static_cast<std::int64_t>(text.size() / sizeof(Integer));
  auto labels = at::empty({count}, at::kLong);
  auto* to = labels.mutable_data_ptr<std::int64_t>();
  for (std::int64_t i = 0; i < count; ++i) {
    Integer value;
    std::memcpy(&value, text.data() + static_cast<std::size_t>(i) * sizeof(Integer), sizeof value);
    // Values beyond int64 exceed the limit on labels anyway.
    to[i] = std::in_range<std::int64_t>(value) ? static_cast<std::int64_t>(value)
                                               : std::numeric_limits<std::int64_t>::max();
  }
  return labels;
}

at::Tensor label_values(const DataFile& file, const NpyHeader& header) {
  const auto is = [&](char kind, std::int64_t bytes) {
    return header.kind == kind && header.bytes == bytes;
  };
  if (is('u', 1)) return integers<std::uint8_t>(file, header);
  if (is('u', 2)) return integers<std::uint16_t>(file, header);
  if (is('u', 4)) return integers<std::uint32_t>(file, header);
  if (is('u', 8)) return integers<std::uint64_t>(file, header);
  if (is('i', 1)) return integers<std::int8_t>(file, header);
  if (is('i', 2)) return integers<std::int16_t>(file, header);
  if (is('i', 4)) return integers<std::int32_t>(file, header);
  if (is('i', 8)) return integers<std::int64_t>(file, header);
  fail_npy(file,
           "holds " + header.text() +
               "; allowed for labels: integers; convert it with array.astype('int64')");
}

std::vector<DataFile> files_of_bundle(const DataFile& bundle) {
  const auto members = zip_members(as_text(bundle.bytes), bundle.path, kSaveAgain);
  std::vector<DataFile> files;
  for (const auto* name : kNames) {
    const auto member = members.find(name);
    if (member == members.end()) {
      std::string there;
      for (const auto& [path, ignored] : members)
        there += (there.empty() ? "" : ", ") + printable(path);
      throw std::runtime_error(bundle.path + ": holds no " + name + ", but " +
                               (there.empty() ? "nothing" : printable(there, 400)) +
                               "; write it with numpy.savez and the names train_images, "
                               "train_labels, test_images and test_labels");
    }
    const auto path = bundle.path + ": " + name;
    files.push_back({path, unzipped(member->second, path, kSaveAgain)});
  }
  return files;
}

RawData decode_npy(const std::vector<DataFile>& given) {
  const auto files = given.size() == 1 ? files_of_bundle(given[0]) : given;
  const auto half = [&](std::size_t i) -> LabelledImages {
    return {npy_images(files[i]), npy_labels(files[i + 1]), files[i].path, files[i + 1].path};
  };
  return both_halves(half(0), half(2));
}

}  // namespace

at::Tensor npy_images(const DataFile& file) {
  const auto header = read_npy_header(file);
  const auto& shape = header.shape;
  std::int64_t features = 1;
  for (std::size_t i = 1; i < shape.size(); ++i) {
    features = shape[i] < 1 || shape[i] > kMostFeatures / features ? 0 : features * shape[i];
    if (features == 0) break;
  }
  if (shape.size() < 2 || shape.size() > 4 || shape[0] < 1 || features == 0) {
    fail_npy(file,
             "holds " + header.text() +
                 "; allowed for images: (N, H, W), (N, C, H, W) or (N, D) with N at least 1 and 1 "
                 "to " +
                 std::to_string(kMostFeatures) + " values per image");
  }
  auto images = in_order(image_values(file, header), header);
  if (shape.size() == 4) return images;
  return shape.size() == 3 ? images.unsqueeze(1) : images.unsqueeze(1).unsqueeze(1);
}

at::Tensor npy_labels(const DataFile& file) {
  const auto header = read_npy_header(file);
  const auto& shape = header.shape;
  if (shape.empty() || shape.size() > 2 || (shape.size() == 2 && shape[1] != 1)) {
    fail_npy(file, "holds " + header.text() + "; allowed for labels: (N,) or (N, 1)");
  }
  return label_values(file, header);
}

Dataset user_npy() {
  Dataset set{.name = "npy", .kind = "npy", .folders = {"npy"}, .cure = kOwnFormats, .own = true};
  for (const auto* name : kNames) set.files.push_back({name});
  set.bundle = kBundle;
  set.decode = decode_npy;
  set.original = {{0.5}, {0.5}};
  set.how_to_get =
      "save your own arrays by numpy.save as train_images.npy, train_labels.npy, test_images.npy "
      "and test_labels.npy into a folder and name it in dataset.root or --data-root";
  return set;
}

}  // namespace ff::experiments
