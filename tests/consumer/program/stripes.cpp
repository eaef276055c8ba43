// Example data set kind stripes: 8 x 8 images with one bright column, whose index is the class.
#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include "mine.h"

namespace mine {
namespace {

constexpr std::int64_t kSide = 8;

// Returns uint8 images (N, 1, 8, 8) with the class column at 200 and other pixels at 20.
at::Tensor images_of(const at::Tensor& labels) {
  auto images = at::full({labels.size(0), 1, kSide, kSide}, 20, at::kByte);
  for (std::int64_t i = 0; i < labels.size(0); ++i) {
    images.select(0, i).select(/*dim=*/2, labels[i].item<std::int64_t>()).fill_(200);
  }
  return images;
}

ff::experiments::RawData make(const std::vector<ff::experiments::DataFile>&) {
  const auto train = at::arange(256) % kSide, test = at::arange(64) % kSide;
  return {.train_images = images_of(train),
          .train_labels = train,
          .test_images = images_of(test),
          .test_labels = test,
          .classes = kSide};
}

}  // namespace

ff::experiments::DataKind stripes() {
  return {.name = "stripes", .help = "no files: the images are generated", .own = [] {
            return ff::experiments::Dataset{
                .name = "stripes", .kind = "stripes", .decode = make, .original = {{0.5}, {0.5}}};
          }};
}

}  // namespace mine
