#include "experiments/data/user_idx.h"

#include <algorithm>

#include <ATen/Functions.h>

#include "experiments/data/idx.h"

namespace ff::experiments {
namespace {

// More than any data set has; prevents a misread label from allocating memory for a billion
// classes.
constexpr std::int64_t kMostClasses = 1 << 16;

RawData decode_user_idx(const std::vector<DataFile>& files) {
  auto data = decode_idx(files, kMostClasses);
  data.classes = 1 + std::max(data.train_labels.max().item<std::int64_t>(),
                              data.test_labels.max().item<std::int64_t>());
  return data;
}

}  // namespace

Dataset user_idx() {
  return {
      .name = "idx",
      .folders = {"idx"},
      .inner_folders = {"raw"},
      .any_prefix = true,
      .files = {{kIdxNames[0], ""}, {kIdxNames[1], ""}, {kIdxNames[2], ""}, {kIdxNames[3], ""}},
      .decode = decode_user_idx,
      .original = {{0.5}, {0.5}},
      .how_to_get =
          "put your own IDX files, named as MNIST's or with a prefix (emnist-letters-train-...), "
          "into a folder and name it in dataset.root or --data-root",
      .cure = kWriteAgain,
      .own = true,
  };
}

}  // namespace ff::experiments
