#include "experiments/data/mnist.h"

#include "experiments/data/idx.h"

namespace ff::experiments {

Dataset mnist() {
  return {
      .name = "mnist",
      .folders = {"mnist", "MNIST/raw", "MNIST", "mnist/MNIST/raw"},  // .../raw: torchvision
      .inner_folders = {"raw"},
      .files = {{kIdxNames[0], "6bbc9ace898e44ae57da46a324031adb"},
                {kIdxNames[1], "a25bea736e30d166cdddb491f175f624"},
                {kIdxNames[2], "2646ac647ad5339dbf082846283269ea"},
                {kIdxNames[3], "27ae3e4e09519cfbb04c329615203637"}},
      .decode = [](const auto& files) { return decode_idx(files, /*classes=*/10); },
      .original = {{0.1307}, {0.3081}},
      .train_count = 60000,
      .test_count = 10000,
      .url = "https://ossci-datasets.s3.amazonaws.com/mnist/",
      .how_to_get = "ff data get mnist",
  };
}

}  // namespace ff::experiments
