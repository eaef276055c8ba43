#include "ff/data/image_set.h"

#include <algorithm>

#include <ATen/Functions.h>
#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <c10/util/Exception.h>

namespace ff {
namespace {

void check_channels(std::int64_t channels, const Normalization& normalization) {
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
}

at::Tensor normalization_table(std::int64_t channels, const Normalization& normalization) {
  const auto& [mean, std] = normalization;
  // The same operations as the original's ToTensor and Normalize, for bit-equality.
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

// Broadcasts one value, or one per channel, over images (N, C, H, W).
at::Tensor per_channel(const std::vector<double>& list) {
  return at::tensor(list, at::kFloat).view({1, -1, 1, 1});
}

at::Tensor normalized(const at::Tensor& floats, const Normalization& normalization) {
  return floats.sub(per_channel(normalization.mean)).div_(per_channel(normalization.std));
}

}  // namespace

ImageSet::ImageSet(at::Tensor images_in,
                   at::Tensor labels_in,
                   std::int64_t classes_in,
                   const Normalization& normalization)
    : images(std::move(images_in)), labels(std::move(labels_in)), classes(classes_in) {
  TORCH_CHECK(images.dim() == 4 &&
                  (images.scalar_type() == at::kByte || images.scalar_type() == at::kFloat),
              "ImageSet: expected uint8 or float32 images (N, C, H, W), got ",
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
  check_channels(channels(), normalization);
  if (floats()) {
    images = normalized(images, normalization).contiguous();
    const auto black = normalized(at::zeros({1, channels(), 1, 1}, at::kFloat), normalization);
    table = black.view({channels(), 1});
  } else {
    images = images.contiguous();
    table = normalization_table(channels(), normalization);
  }
}

void ImageSet::move(const Moves& moves) {
  images = moved(images, moves, floats() ? black() : at::Tensor());
}

// Returns the images as normalised samples (N, C*H*W); float images are only reshaped.
at::Tensor ImageSet::lookup(const at::Tensor& bytes) const {
  if (floats()) return bytes.view({bytes.size(0), features()});
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

at::Tensor ImageSet::chosen(const at::Tensor& indices, const Moves& moves) const {
  const auto images_there = images.index_select(0, indices.to(images.device()));
  return moved(images_there, moves, floats() ? black() : at::Tensor());
}

at::Tensor ImageSet::rows(const at::Tensor& indices) const { return rows(indices, {}); }

at::Tensor ImageSet::rows(const at::Tensor& indices, const Moves& moves) const {
  return lookup(chosen(indices, moves));
}

at::Tensor ImageSet::rows(std::int64_t begin, std::int64_t end) const {
  const auto part = images.slice(/*dim=*/0, begin, end);
  return lookup(floats() ? part.clone() : part);  // a copy, as callers write labels into it
}

void ImageSet::rows_into(const at::Tensor& indices, float* to) const {
  lookup_into(images, indices.const_data_ptr<std::int64_t>(), indices.numel(), to);
}

void ImageSet::rows_into(const at::Tensor& indices, const Moves& moves, float* to) const {
  if (!moves.any()) return rows_into(indices, to);
  lookup_into(chosen(indices, moves), nullptr, indices.numel(), to);
}

// Normalises the images of `from` at `order`, or the first `count` if null, into `to`.
void ImageSet::lookup_into(const at::Tensor& from,
                           const std::int64_t* order,
                           std::int64_t count,
                           float* to) const {
  const auto plane = height() * width(), size = features();
  const auto* numbers = floats() ? from.const_data_ptr<float>() : nullptr;
  const auto* bytes = floats() ? nullptr : from.const_data_ptr<std::uint8_t>();
  const auto* values = table.const_data_ptr<float>();
  at::parallel_for(0, count, /*grain_size=*/16, [&](std::int64_t begin, std::int64_t end) {
    for (auto r = begin; r < end; ++r) {
      const auto first = (order ? order[r] : r) * size;
      auto* target = to + r * size;
      if (numbers) {
        std::copy_n(numbers + first, size, target);
        continue;
      }
      const auto* source = bytes + first;
      for (std::int64_t c = 0; c < channels(); ++c) {
        const float* row = values + c * 256;
        for (auto i = c * plane; i < (c + 1) * plane; ++i) target[i] = row[source[i]];
      }
    }
  });
}

float ImageSet::max_value() const {
  TORCH_CHECK(size() > 0, "ImageSet: the set is empty and has no largest value");
  if (floats()) return images.max().item<float>();
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
