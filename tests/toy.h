// A tiny image set that networks learn within a few steps.
#pragma once

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include "ff/data/image_set.h"

namespace ff::test {

/// Returns `count` images (1, 4, 6) of three classes: each lights two pixels of the lower rows in
/// its own pattern, with noise. The first row is dark, for the label.
inline ImageSet toy_images(std::int64_t count, std::uint64_t seed) {
  at::manual_seed(seed);
  const auto labels = at::randint(0, 3, {count}, at::kLong);
  auto images = at::randint(0, 60, {count, 1, 4, 6}, at::kByte);
  images.slice(/*dim=*/2, 0, 1).zero_();
  for (std::int64_t i = 0; i < count; ++i) {
    const auto label = labels[i].item<std::int64_t>();
    images[i][0][1 + label].fill_(200);
  }
  images[0][0][3][5].fill_(255);
  return {images, labels, 3, {{0.5}, {0.5}}};
}

}  // namespace ff::test
