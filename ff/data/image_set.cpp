#include "ff/data/image_set.h"

#include <ATen/Functions.h>
#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <c10/util/Exception.h>

namespace ff {
namespace {

at::Tensor normalization_table(std::int64_t channels, const Normalization& normalization) {
  const auto& [mean, std] = normalization;
  TORCH_CHECK(mean.size() == std.size() &&
                  (mean.size() == 1 || static_cast<std::int64_t>(mean.size()) == channels),
              "ImageSet: the normalisation has ",
              mean.size(),
              " means and ",
              std.size(),
              " standard deviations for ",
              channels,
              " channels; allowed: one of each, or one per channel");
  // The same operations as the original's ToTensor and Normalize, so that the bits are the same.
  const auto pixels = at::arange(256, at::kByte).to(at::kFloat).div(255);
  std::vector<at::Tensor> rows;
  for (std::int64_t c = 0; c < channels; ++c) {
    const auto i = mean.size() == 1 ? 0 : static_cast<std::size_t>(c);
    const auto m = at::full({1}, mean[i], at::kFloat);
    const auto s = at::full({1}, std[i], at::kFloat);
    rows.push_back(pixels.sub(m).div(s));
  }
  return at::stack(rows).contiguous();
}

}  // namespace

ImageSet::ImageSet(at::Tensor images_in,
                   at::Tensor labels_in,
                   std::int64_t classes_in,
                   const Normalization& normalization)
    : images(std::move(images_in)), labels(std::move(labels_in)), classes(classes_in) {
  TORCH_CHECK(images.dim() == 4 && images.scalar_type() == at::kByte,
              "ImageSet: expected uint8 images (N, C, H, W), got ",
              images.scalar_type(),
              " ",
              images.sizes());
  TORCH_CHECK(
      labels.dim() == 1 && labels.scalar_type() == at::kLong && labels.size(0) == images.size(0),
      "ImageSet: expected int64 labels (",
      images.size(0),
      "), got ",
      labels.scalar_type(),
      " ",
      labels.sizes());
  images = images.contiguous();
  table = normalization_table(channels(), normalization);
}

at::Tensor ImageSet::lookup(const at::Tensor& bytes) const {
  if (bytes.is_cuda()) {
    const auto channel =
        at::arange(channels(), bytes.options().dtype(at::kLong)).view({1, -1, 1, 1});
    return table.view({-1})
        .index_select(0, (bytes.to(at::kLong) + channel * 256).view({-1}))
        .view({bytes.size(0), features()});
  }
  const auto count = bytes.size(0);
  auto out = at::empty({count, features()}, table.options());
  const auto* source = bytes.const_data_ptr<std::uint8_t>();
  const auto* values = table.const_data_ptr<float>();
  auto* target = out.mutable_data_ptr<float>();
  const auto plane = height() * width();
  at::parallel_for(
      0, count * channels(), /*grain_size=*/256, [&](std::int64_t begin, std::int64_t end) {
        for (auto p = begin; p < end; ++p) {
          const float* row = values + (p % channels()) * 256;
          for (std::int64_t i = p * plane; i < (p + 1) * plane; ++i) target[i] = row[source[i]];
        }
      });
  return out;
}

at::Tensor ImageSet::rows(const at::Tensor& indices) const {
  return lookup(images.index_select(0, indices.to(images.device())));
}

at::Tensor ImageSet::rows(const at::Tensor& indices, const Moves& moves) const {
  return lookup(moved(images.index_select(0, indices.to(images.device())), moves));
}

void ImageSet::rows_into(const at::Tensor& indices, float* to) const {
  lookup_into(images.const_data_ptr<std::uint8_t>(),
              indices.const_data_ptr<std::int64_t>(),
              indices.numel(),
              to);
}

void ImageSet::rows_into(const at::Tensor& indices, const Moves& moves, float* to) const {
  if (!moves.any()) return rows_into(indices, to);
  const auto chosen = moved(images.index_select(0, indices), moves);
  lookup_into(chosen.const_data_ptr<std::uint8_t>(), nullptr, indices.numel(), to);
}

// Images `order`, or the first `count`, one row after the other.
void ImageSet::lookup_into(const std::uint8_t* bytes,
                           const std::int64_t* order,
                           std::int64_t count,
                           float* to) const {
  const auto* values = table.const_data_ptr<float>();
  const auto plane = height() * width();
  const auto size = features();
  at::parallel_for(0, count, /*grain_size=*/16, [&](std::int64_t begin, std::int64_t end) {
    for (auto r = begin; r < end; ++r) {
      const auto* source = bytes + (order ? order[r] : r) * size;
      auto* target = to + r * size;
      for (std::int64_t c = 0; c < channels(); ++c) {
        const float* row = values + c * 256;
        for (auto i = c * plane; i < (c + 1) * plane; ++i) target[i] = row[source[i]];
      }
    }
  });
}

at::Tensor ImageSet::rows(std::int64_t begin, std::int64_t end) const {
  return lookup(images.slice(/*dim=*/0, begin, end));
}

float ImageSet::max_value() const {
  TORCH_CHECK(size() > 0, "ImageSet: an empty set has no largest value");
  const auto top = images.amax({0, 2, 3}).to(at::kLong).view({-1, 1});  // (C, 1)
  return table.gather(/*dim=*/1, top).max().item<float>();
}

ImageSet ImageSet::subset(const at::Tensor& indices) const {
  ImageSet set = *this;
  set.images = images.index_select(0, indices);
  set.labels = labels.index_select(0, indices);
  return set;
}

ImageSet ImageSet::to(const at::Device& device) const {
  ImageSet set = *this;
  if (!images.defined()) return set;
  set.images = images.to(device);
  set.labels = labels.to(device);
  set.table = table.to(device);
  return set;
}

}  // namespace ff
