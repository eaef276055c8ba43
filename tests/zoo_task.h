// A small task that requires trained hidden layers: a linear readout of random features does not
// solve it.
#pragma once

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include "ff/data/image_set.h"
#include "ff/learn/learner.h"
#include "ff/nn/layer_options.h"

namespace ff::test {

/// Returns `count` images (1, 8, 8) of four classes. A class is a pattern or its negative, with
/// noise, so that the class means are equal and a linear readout does not separate them, not even
/// on a narrow layer of random units (about 35 % accuracy with widths 24-16-4; backpropagation
/// reaches 99 %). The images depend only on the seed; the patterns are fixed.
inline ImageSet zoo_images(std::int64_t count, std::uint64_t seed) {
  constexpr std::int64_t kPixels = 64, kClasses = 4;
  constexpr double kPattern = 24, kNoise = 40;  // grey levels
  const auto patterns = at::randn({kPixels, kClasses}, at::detail::createCPUGenerator(0));
  auto own = at::detail::createCPUGenerator(seed + 1);
  const auto labels = at::randint(0, kClasses, {count}, own, at::kLong);
  const auto sides = at::randint(0, 2, {count, 1}, own, at::kLong) * 2 - 1;
  const auto images = 128 + kPattern * sides * patterns.t().index_select(0, labels) +
                      kNoise * at::randn({count, kPixels}, own);
  return {images.round().clamp(0, 255).to(at::kByte).view({count, 1, 8, 8}),
          labels,
          kClasses,
          {{0.5}, {0.25}}};
}

/// Returns the network on which rules are tested.
inline std::vector<LayerOptions> zoo_layers(const std::string& activation = "relu") {
  return mlp_layers({24, 16, 4}, activation);
}

inline constexpr std::int64_t kZooImages = 2000, kZooBatch = 32;

/// Trains all phases of a learner on the first `kZooImages` of `images`, its training set, in
/// batches of `kZooBatch`; returns the accuracy on 1,000 new images.
inline double zoo_accuracy(Learner& learner, const ImageSet& images) {
  const auto set = std::make_shared<const ImageSet>(images);
  auto own = at::detail::createCPUGenerator(9);
  bool first = true;
  for (const auto& phase : learner.phases()) {
    for (std::int64_t epoch = 0; epoch < phase.epochs; ++epoch) {
      learner.begin_epoch(first);
      first = false;
      learner.enter_epoch(phase, epoch);
      std::vector<at::Tensor> orders;
      for (std::int64_t i = 0; i < learner.streams(); ++i) {
        orders.push_back(at::randperm(kZooImages, own, at::kLong));
      }
      for (std::int64_t begin = 0; begin < kZooImages; begin += kZooBatch) {
        std::vector<at::Tensor> rows;
        for (const auto& order : orders) rows.push_back(order.slice(0, begin, begin + kZooBatch));
        learner.train_batch(phase, resident_batch(set, rows));
      }
    }
  }
  const auto test = zoo_images(1000, 2);
  const auto predictions = learner.scores(test.rows(0, test.size())).classes.argmax(1);
  return (predictions == test.labels).to(at::kDouble).mean().item<double>();
}

}  // namespace ff::test
