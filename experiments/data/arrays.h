// The two halves of a data set, as tensors, made into one with every check that no file format
// makes.
#pragma once

#include <cstdint>
#include <string>

#include <ATen/core/Tensor.h>

#include "experiments/data/dataset.h"

namespace ff::experiments {

/// Training or test images with their labels, and where they are from, for messages.
struct LabelledImages {
  at::Tensor images;  // uint8 or float32 (N, C, H, W)
  at::Tensor labels;  // int64 (N)
  std::string images_path, labels_path;
};

/// Values per image that are allowed.
inline constexpr std::int64_t kMostFeatures = std::int64_t{1} << 24;

/// `classes`: how many there are; 0: one more than the largest label. Throws std::runtime_error
/// when images and labels differ in number, training and test images in size or type, a float is
/// not finite, or a label is negative or too large. Ends its messages with `cure`.
RawData both_halves(const LabelledImages& train,
                    const LabelledImages& test,
                    std::int64_t classes = 0,
                    const std::string& cure = "");

/// Flat images (N, 1, 1, D) as (N, C, H, W); `shape` is C, H, W, or H, W of one channel. Throws
/// std::invalid_argument that names dataset.shape when they do not fit.
at::Tensor shaped_images(const at::Tensor& images, const std::vector<std::int64_t>& shape);

}  // namespace ff::experiments
