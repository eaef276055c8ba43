#include "experiments/data/kmnist.h"

#include "experiments/data/idx.h"

namespace ff::experiments {

Dataset kmnist() {
  return {
      .name = "kmnist",
      .folders = {"kmnist", "KMNIST/raw", "KMNIST"},  // KMNIST/raw: torchvision
      .files = {{.name = kIdxNames[0], .packed_md5 = "bdb82020997e1d708af4cf47b453dcf7"},
                {.name = kIdxNames[1], .packed_md5 = "e144d726b3acfaa3e44228e80efcd344"},
                {.name = kIdxNames[2], .packed_md5 = "5c965bf0a639b31b8f53240b1b52f4d7"},
                {.name = kIdxNames[3], .packed_md5 = "7320c461ea6c1c855c0b718fb2a4b134"}},
      .decode = [](const auto& files) { return decode_idx(files, /*classes=*/10); },
      .original = {{0.5}, {0.5}},
      .train_count = 60000,
      .test_count = 10000,
      .url = "http://codh.rois.ac.jp/kmnist/dataset/kmnist/",
      .how_to_get = "ff data get kmnist",
  };
}

}  // namespace ff::experiments
