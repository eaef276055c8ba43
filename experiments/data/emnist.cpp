#include "experiments/data/emnist.h"

#include <stdexcept>

#include <ATen/Functions.h>

#include "experiments/data/bytes.h"
#include "experiments/data/idx.h"

namespace ff::experiments {
namespace {

constexpr std::int64_t kLetters = 26;

at::Tensor upright(const at::Tensor& images) { return images.transpose(2, 3).contiguous(); }

at::Tensor from_zero(const at::Tensor& labels, const std::string& path) {
  const auto wrong = labels.eq(0);
  if (wrong.any().item<bool>()) {
    const auto place = wrong.to(at::kByte).argmax().item<std::int64_t>();
    throw std::runtime_error(path + ": label 0 of image " + std::to_string(place) +
                             " (counted from 0); allowed: 1 to 26, as EMNIST's letters have" +
                             kGetAgain);
  }
  return labels.sub(1);
}

RawData decode_emnist(const std::vector<DataFile>& files) {
  auto data = decode_idx(files, kLetters + 1);
  data.train_images = upright(data.train_images);
  data.test_images = upright(data.test_images);
  data.train_labels = from_zero(data.train_labels, files[1].path);
  data.test_labels = from_zero(data.test_labels, files[3].path);
  data.classes = kLetters;
  return data;
}

}  // namespace

Dataset emnist_letters() {
  return {
      .name = "emnist-letters",
      .folders = {"emnist-letters", "EMNIST/raw", "EMNIST", "emnist", "gzip"},
      .files = {{"emnist-letters-train-images-idx3-ubyte"},
                {"emnist-letters-train-labels-idx1-ubyte"},
                {"emnist-letters-test-images-idx3-ubyte"},
                {"emnist-letters-test-labels-idx1-ubyte"}},
      .decode = decode_emnist,
      .original = {{0.5}, {0.5}},
      .train_count = 124800,
      .test_count = 20800,
      .url = "https://biometrics.nist.gov/cs_links/EMNIST/",
      .archive = "gzip.zip",
      .archive_md5 = "58c8d27c78d21e728a6bc7b3cc06412e",
      .how_to_get =
          "ff data get emnist-letters (562 MB, all of EMNIST), or put its "
          "emnist-letters-... files into a folder",
  };
}

}  // namespace ff::experiments
