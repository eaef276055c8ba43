// Networks of which some blocks have a closed form, and learners that train them on toy images.
#pragma once

#include <string>
#include <vector>

#include "tests/catch.h"
#include "tests/close.h"
#include "tests/small_learner.h"
#include "tests/toy.h"

namespace ff::test {

inline const LayerOptions kConv = {.type = "conv", .channels = 3, .kernel = 3, .padding = 1};
inline const LayerOptions kNorm = {.type = "batch-norm"};
inline const LayerOptions kRelu = {.type = "relu"};
inline const LayerOptions kTanh = {.type = "tanh"};
inline const LayerOptions kPool = {.type = "max-pool", .kernel = 2};

inline LayerOptions linear(std::int64_t width) { return {.type = "linear", .width = width}; }

inline constexpr std::int64_t kBlockImages = 120, kBlockBatch = 20;

/// Closed forms above a convolution.
inline FFLearnerOptions conv_options(const std::string& engine, const std::string& schedule) {
  auto options = small(schedule);
  options.model.layers = {kConv, kNorm, kRelu, kPool, linear(9), linear(5)};
  options.engine = engine;
  options.batch_size = kBlockBatch;
  // The bias below a normalisation has no gradient: Adam would divide its rounding by its size.
  options.optimizer = {.type = "sgd", .learning_rate = 0.05, .momentum = 0.5};
  return options;
}

/// Closed forms below and between blocks without one.
inline std::vector<LayerOptions> closed_forms_between() {
  return {linear(12), linear(9), kTanh, linear(8), linear(7), kNorm, linear(5)};
}

/// A head that sees the layers of several stages, in an order of its own.
inline FFLearnerOptions head_options(const std::string& engine) {
  auto options = conv_options(engine, "parallel");
  options.negatives.type = "hybrid";
  options.head.type = "softmax";
  options.head.train = "along";
  options.head.layers.all = false;
  options.head.layers.list = {2, 0, 1};
  options.predict.by = "head";
  return options;
}

/// Trains two epochs of every phase on the toy images, on `place`.
inline TensorDict train(const FFLearnerOptions& options,
                        const std::string& engine,
                        std::uint64_t seed = 2,
                        const at::Device& place = at::kCPU) {
  PythonRandom random(1);
  const auto images = toy_images(kBlockImages, 5).to(place);
  at::manual_seed(seed);
  FFLearner learner(options, images, random);
  CHECK(learner.engine() == engine);
  for (const auto& phase : learner.phases()) {
    for (std::int64_t step = 0; step < 2 * kBlockImages / kBlockBatch; ++step) {
      learner.train_batch(phase,
                          batch(learner,
                                step * kBlockBatch % kBlockImages,
                                kBlockBatch,
                                static_cast<int>(learner.streams())));
    }
  }
  return copies(learner.model());
}

}  // namespace ff::test
