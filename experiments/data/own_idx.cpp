#include "experiments/data/own_idx.h"

#include <algorithm>

#include <ATen/Functions.h>

#include "experiments/data/idx.h"

namespace ff::experiments {
namespace {

RawData decode(const std::vector<DataFile>& files) {
  auto data = decode_idx(files, /*classes=*/256);
  data.classes = 1 + std::max(data.train_labels.max().item<std::int64_t>(),
                              data.test_labels.max().item<std::int64_t>());
  return data;
}

}  // namespace

Dataset own_idx() {
  return {
      .name = "idx",
      .folders = {"idx"},
      .files = {{kIdxNames[0], ""}, {kIdxNames[1], ""}, {kIdxNames[2], ""}, {kIdxNames[3], ""}},
      .decode = decode,
      .original = {{0.5}, {0.5}},
      .how_to_get =
          "put your own IDX files, named as MNIST's, into a folder and name it in "
          "dataset.root or --data-root",
  };
}

}  // namespace ff::experiments
