#include "experiments/data/fashion_mnist.h"

#include "experiments/data/idx.h"

namespace ff::experiments {

Dataset fashion_mnist() {
  return {
      .name = "fashion-mnist",
      // .../raw: torchvision; /usr/share/datasets/fashion-mnist: Debian's package.
      .folders = {"fashion-mnist",
                  "FashionMNIST/raw",
                  "FashionMNIST",
                  "fashion-mnist/FashionMNIST/raw"},
      .inner_folders = {"raw"},
      .files = {{kIdxNames[0], "f4a8712d7a061bf5bd6d2ca38dc4d50a"},
                {kIdxNames[1], "9018921c3c673c538a1fc5bad174d6f9"},
                {kIdxNames[2], "8181f5470baa50b63fa0f6fddb340f0a"},
                {kIdxNames[3], "15d484375f8d13e6eb1aabb0c3f46965"}},
      .decode = [](const auto& files) { return decode_idx(files, /*classes=*/10); },
      .original = {{0.5}, {0.5}},
      .train_count = 60000,
      .test_count = 10000,
      .url = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
      .how_to_get = "ff data get fashion-mnist, or Debian's package dataset-fashion-mnist",
  };
}

}  // namespace ff::experiments
