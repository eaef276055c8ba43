#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include "experiments/data/bytes.h"
#include "experiments/data/md5.h"
#include "experiments/data/synthetic.h"
#include "tests/catch.h"

using namespace ff::experiments;

namespace {

// Returns the test accuracy of a nearest-class-mean classifier, which is optimal for isotropic
// Gaussian blobs of equal size, and linear.
double nearest_mean_accuracy(const RawData& data) {
  const auto rows = [](const at::Tensor& images) { return images.flatten(1).to(at::kFloat); };
  const auto train = rows(data.train_images);
  std::vector<at::Tensor> means;
  for (std::int64_t c = 0; c < data.classes; ++c) {
    means.push_back(train.index({data.train_labels.eq(c)}).mean(0));
  }
  const auto nearest = at::cdist(rows(data.test_images), at::stack(means)).argmin(1);
  return nearest.eq(data.test_labels).to(at::kDouble).mean().item<double>();
}

}  // namespace

TEST_CASE("Synthetic images have the stated sizes, a dark first row and every class", "[data]") {
  const auto data = make_blobs({});
  CHECK(data.train_images.sizes() == at::IntArrayRef({2000, 1, 8, 16}));
  CHECK(data.test_images.sizes() == at::IntArrayRef({500, 1, 8, 16}));
  CHECK(data.train_images.scalar_type() == at::kByte);
  CHECK(data.train_images.select(2, 0).max().item<int>() == 0);
  const auto per_class = data.train_labels.bincount({}, data.classes);
  CHECK(per_class.numel() == 4);
  CHECK(per_class.min().item<std::int64_t>() > 400);
}

TEST_CASE("Synthetic images are the same bytes everywhere", "[data]") {
  const auto data = make_blobs({});
  CHECK(md5_hex(as_text(data.train_images)) == "2f15b9d614fb9ac0e5d793134d073b19");
  CHECK(md5_hex(as_text(data.test_images)) == "988a0b922708bd0b9bea138cfa87ff87");
  CHECK(data.train_labels.equal(make_blobs({}).train_labels));
  CHECK_FALSE(data.train_images.equal(make_blobs({.seed = 1}).train_images));
}

TEST_CASE("Synthetic classes are separable, but not perfectly", "[data]") {
  const auto accuracy = nearest_mean_accuracy(make_blobs({}));
  CHECK(accuracy > 0.93);
  CHECK(accuracy < 0.99);
}

TEST_CASE("Synthetic options hold", "[data]") {
  const auto data =
      make_blobs({.train_count = 30, .test_count = 7, .classes = 10, .height = 5, .width = 11});
  CHECK(data.train_images.sizes() == at::IntArrayRef({30, 1, 5, 11}));
  CHECK(data.test_labels.numel() == 7);
  CHECK(data.classes == 10);
  CHECK(data.train_labels.max().item<std::int64_t>() < 10);
}
