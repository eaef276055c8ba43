#include "experiments/data/synthetic.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Functions.h>

namespace ff::experiments {

RawData make_blobs(const SyntheticOptions& options) {
  auto generator = at::detail::createCPUGenerator(static_cast<std::uint64_t>(options.seed));
  // In double precision, as LibTorch's vectorised float32 generators differ between machines.
  const auto normal = [&](at::IntArrayRef sizes) {
    return at::randn(sizes, generator, at::TensorOptions(at::kDouble));
  };
  const auto rows = options.height - 1;
  const auto prototypes = normal({options.classes, rows, options.width}).mul(options.spread);
  const auto make = [&](std::int64_t count, at::Tensor& images, at::Tensor& labels) {
    labels = at::randint(options.classes, {count}, generator, at::TensorOptions(at::kLong));
    const auto pixels = normal({count, rows, options.width})
                            .mul(options.noise)
                            .add(prototypes.index_select(/*dim=*/0, labels))
                            .add(128)
                            .round()
                            .clamp(0, 255);
    images = at::zeros({count, 1, options.height, options.width}, at::kByte);
    images.select(/*dim=*/1, 0).slice(/*dim=*/1, 1).copy_(pixels);
  };
  RawData data;
  data.classes = options.classes;
  make(options.train_count, data.train_images, data.train_labels);
  make(options.test_count, data.test_images, data.test_labels);
  return data;
}

Dataset synthetic() {
  return {
      .name = "synthetic",
      .kind = "synthetic",
      .decode = [](const auto&) { return make_blobs({}); },
      .original = {{0.5}, {0.5}},
      .how_to_get = "nothing to download: the images are generated",
  };
}

}  // namespace ff::experiments
