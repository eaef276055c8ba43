#include "experiments/data/arrays.h"

#include <algorithm>
#include <stdexcept>

#include <ATen/Functions.h>

#include "ff/core/option_error.h"
#include "ff/core/text.h"

namespace ff::experiments {
namespace {

constexpr std::int64_t kMostClasses = 1 << 16;  // more than any data set has

// Returns "1x28x28 bytes" or "1x28x28 floats".
std::string kind_of(const at::Tensor& images) {
  return std::to_string(images.size(1)) + "x" + std::to_string(images.size(2)) + "x" +
         std::to_string(images.size(3)) + (images.is_floating_point() ? " floats" : " bytes");
}

void check_count(const LabelledImages& half, const std::string& cure) {
  const auto images = half.images.size(0), labels = half.labels.size(0);
  if (images == 0) {
    throw std::runtime_error(half.images_path + ": holds no images; at least 1 is needed" + cure);
  }
  if (images == labels) return;
  throw std::runtime_error(half.images_path + " holds " + std::to_string(images) + " images, but " +
                           half.labels_path + " " + std::to_string(labels) +
                           " labels; there must be one label per image" + cure);
}

void check_finite(const LabelledImages& half, const std::string& cure) {
  if (!half.images.is_floating_point()) return;
  const auto wrong = half.images.isfinite().logical_not_().view({-1});
  if (!wrong.any().item<bool>()) return;
  const auto place = wrong.to(at::kByte).argmax().item<std::int64_t>();
  const auto width = half.images.size(3), height = half.images.size(2);
  const auto plane = width * height, size = plane * half.images.size(1);
  throw std::runtime_error(
      half.images_path + ": the value " +
      significant(half.images.view({-1})[place].item<double>()) + " of image " +
      std::to_string(place / size) + ", channel " + std::to_string(place % size / plane) +
      ", row " + std::to_string(place % plane / width) + ", column " +
      std::to_string(place % width) + " (counted from 0); allowed: finite float32 numbers" +
      (cure.empty() ? "; remove or replace it" : cure));
}

void check_labels(const LabelledImages& half, std::int64_t classes, const std::string& cure) {
  const auto wrong = half.labels.lt(0).logical_or_(half.labels.ge(classes));
  if (!wrong.any().item<bool>()) return;
  const auto place = wrong.to(at::kByte).argmax().item<std::int64_t>();
  throw std::runtime_error(
      half.labels_path + ": label " + std::to_string(half.labels[place].item<std::int64_t>()) +
      " of image " + std::to_string(place) + " (counted from 0); allowed: 0 to " +
      std::to_string(classes - 1) + (cure.empty() ? "; number the classes from 0" : cure));
}

}  // namespace

RawData both_halves(const LabelledImages& train,
                    const LabelledImages& test,
                    std::int64_t classes,
                    const std::string& cure) {
  for (const auto* half : {&train, &test}) {
    check_count(*half, cure);
    check_finite(*half, cure);
    check_labels(*half, classes == 0 ? kMostClasses : classes, cure);
  }
  const auto want = kind_of(train.images), got = kind_of(test.images);
  if (want != got) {
    throw std::runtime_error(test.images_path + ": images of " + got + ", but those of " +
                             train.images_path + " have " + want +
                             "; all images must have the same shape" + cure);
  }
  if (classes == 0) {
    classes = 1 + std::max(train.labels.max().item<std::int64_t>(),
                           test.labels.max().item<std::int64_t>());
  }
  return {.train_images = train.images,
          .train_labels = train.labels,
          .test_images = test.images,
          .test_labels = test.labels,
          .classes = classes};
}

at::Tensor shaped_images(const at::Tensor& images, const std::vector<std::int64_t>& shape) {
  const auto values = images.size(1) * images.size(2) * images.size(3);
  auto sizes = shape;
  if (sizes.size() == 2) sizes.insert(sizes.begin(), 1);
  std::int64_t product = 1;
  for (const auto size : sizes) product = size > values / product ? values + 1 : product * size;
  if (sizes.size() == 3 && product == values) {
    return images.view({images.size(0), sizes[0], sizes[1], sizes[2]});
  }
  std::string text;
  for (const auto size : shape) text += (text.empty() ? "" : ", ") + std::to_string(size);
  throw OptionError({"dataset.shape",
                     "[" + text + "] is not allowed; allowed: [C, H, W], " +
                         "or [H, W] for one channel, with C x H x W = " + std::to_string(values) +
                         ", the number of values per image"});
}

}  // namespace ff::experiments
