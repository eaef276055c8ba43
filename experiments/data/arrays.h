// Combines the training and the test half of a data set, with the checks that are independent of
// the file format.
#pragma once

#include <cstdint>
#include <string>

#include <ATen/core/Tensor.h>

#include "experiments/data/dataset.h"

namespace ff::experiments {

/// Training or test images with their labels; the paths are for error messages.
struct LabelledImages {
  at::Tensor images;  // uint8 or float32 (N, C, H, W)
  at::Tensor labels;  // int64 (N)
  std::string images_path, labels_path;
};

/// Upper limit of the values per image.
inline constexpr std::int64_t kMostFeatures = std::int64_t{1} << 24;

/// Combines both halves. `classes`: number of classes; 0: one more than the largest label. Throws
/// std::runtime_error, with `cure` at the end of the message, if a half has no images, the numbers
/// of images and labels differ, training and test images differ in shape or type, a float is NaN or
/// infinite, or a label is negative or too large.
RawData both_halves(const LabelledImages& train,
                    const LabelledImages& test,
                    std::int64_t classes = 0,
                    const std::string& cure = "");

/// Reshapes flat images (N, 1, 1, D) to (N, C, H, W); `shape` is [C, H, W], or [H, W] for one
/// channel. Throws OptionError at dataset.shape if the sizes do not match.
at::Tensor shaped_images(const at::Tensor& images, const std::vector<std::int64_t>& shape);

}  // namespace ff::experiments
