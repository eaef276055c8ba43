// Complete trainings by the fused engine compared with autograd, and its memory and thread
// guarantees.
#include <ATen/Functions.h>

#include "ff/core/find_choice.h"
#include "ff/core/tensor_memory.h"
#include "ff/engines/frozen_cache.h"
#include "ff/forward_forward/engines/cpu/goodness_engine.h"
#include "ff/forward_forward/goodness_learner.h"
#include "tests/catch.h"
#include "tests/close.h"
#include "tests/step_difference.h"
#include "tests/toy.h"

using ff::test::copies;

namespace {

ff::FFLearnerOptions learner_options(const std::string& engine, const std::string& schedule) {
  ff::FFLearnerOptions options;
  options.model.widths = {20, 12, 5};
  options.model.threshold.initial = 1.0;
  options.schedule.type = schedule;
  options.optimizer.learning_rate = 0.01;
  options.engine = engine;
  options.batch_size = 32;
  return options;
}

// Trains two epochs of every phase, each over the same eight batches.
ff::TensorDict train(const ff::FFLearnerOptions& options) {
  at::manual_seed(1);
  ff::PythonRandom random(1);
  const auto images = ff::test::toy_images(250, 5);
  at::manual_seed(2);
  ff::FFLearner learner(options, images, random);
  CHECK(learner.engine() == options.engine);
  for (const auto& phase : learner.phases()) {
    for (int epoch = 0; epoch < 2; ++epoch) {
      for (std::int64_t begin = 0; begin < 250; begin += 32) {
        const auto size = std::min<std::int64_t>(32, 250 - begin);
        const auto indices = at::arange(begin, begin + size, at::kLong);
        learner.train_batch(
            phase, ff::resident_batch(learner.info().resident, {indices, indices.flip(0)}));
      }
    }
  }
  return copies(learner.model());
}

}  // namespace

TEST_CASE("fused training follows autograd's in both schedules", "[fused]") {
  for (const auto* schedule : {"sequential", "parallel"}) {
    const auto truth = train(learner_options("autograd", schedule));
    ff::test::check_close(train(learner_options("fused", schedule)), truth, 2e-3);
  }
}

TEST_CASE("outputs of frozen layers that are kept, or computed for each batch, teach the same",
          "[fused]") {
  const auto kept = train(learner_options("fused", "sequential"));
  auto options = learner_options("fused", "sequential");
  options.fused.cache_mib = 0;
  ff::test::check_close(train(options), kept, 1e-4);
}

TEST_CASE("frozen layers' outputs are kept where they stay and fit", "[fused]") {
  constexpr std::int64_t kMiB = 1 << 20;
  const ff::FrozenCache cache{.mib = 3, .inputs_fixed = true};
  CHECK(cache.fits_cache(3 * kMiB / 4, sizeof(float)));
  CHECK_FALSE(cache.fits_cache(3 * kMiB / 4 + 1, sizeof(float)));
  CHECK(cache.fits_cache(3 * kMiB / 2, 2));
  CHECK_FALSE((ff::FrozenCache{.mib = 3, .inputs_fixed = false}.fits_cache(1, 1)));
}

TEST_CASE("what is kept of frozen layers never takes more than fused.cache_mib", "[fused]") {
  auto options = learner_options("fused", "sequential");
  options.fused.cache_mib = 1;
  const std::int64_t count = 500;
  // Cached outputs of 250 units for 500 positives and negatives take 1,000,000 bytes; of 120 units,
  // about half of that.
  const std::pair<std::vector<std::int64_t>, bool> cases[] = {{{250, 250, 5}, false},
                                                              {{250, 120, 5}, false},
                                                              {{120, 250, 5}, false},
                                                              {{120, 120, 5}, true}};
  for (const auto& [widths, half_open] : cases) {
    CAPTURE(widths);
    options.model.widths = widths;
    at::manual_seed(1);
    ff::PythonRandom random(1);
    ff::FFLearner learner(options, ff::test::toy_images(count, 5), random);
    const auto indices = at::arange(32, at::kLong);
    const auto batch = ff::resident_batch(learner.info().resident, {indices, indices.flip(0)});
    const auto train = [&](std::size_t layer) {
      return ff::measure_tensors([&] { learner.train_batch(learner.phases()[layer], batch); });
    };
    const std::int64_t kept = 2 * count * static_cast<std::int64_t>(sizeof(float)), other = 20'000;
    const auto first = train(1);
    CHECK(first.after >= kept * widths[0]);
    CHECK(first.peak <= kept * widths[0] + other);
    // Memory above the existing caches: for two layers of 120 units, up to 1.5 times one layer's
    // cache.
    const auto second = train(2);
    CHECK(second.after >= kept * (widths[1] - widths[0]));
    CHECK(second.peak + kept * widths[0] <= (1 << 20) + other);
    if (half_open) CHECK(second.peak >= kept * widths[1] / 2);
  }
}

TEST_CASE("the background is found where there is one", "[fused]") {
  const auto dark = ff::test::toy_images(50, 1);
  auto images = dark;
  images.images = at::randint(0, 255, {50, 1, 4, 6}, at::kByte);
  CHECK_FALSE(ff::fused::find_background(images));
  images.images.fill_(7);
  REQUIRE(ff::fused::find_background(images));
  CHECK(*ff::fused::find_background(images) == images.table[0][7].item<double>());
}

TEST_CASE("fused is refused where it cannot be, and auto does without", "[fused]") {
  auto options = learner_options("fused", "parallel");
  CHECK(ff::choose_engine(options, at::kCPU).engine == "fused");
  options.model.dropout = 0.1;
  options.model.activation = "tanh";
  CHECK_THROWS_WITH(ff::choose_engine(options, at::kCPU),
                    "engine: fused does not support model.dropout with model.activation tanh; "
                    "allowed: autograd, auto");
  options.engine = "auto";
  CHECK(ff::choose_engine(options, at::kCPU).engine == "autograd");
  CHECK(ff::choose_engine(options, at::kCPU).reason ==
        "fused does not support model.dropout with model.activation tanh");
  options.engine = "autograd";
  CHECK(ff::choose_engine(options, at::kCPU).reason.empty());
  options.engine = "auto";
  options.model = learner_options("auto", "parallel").model;
  CHECK(ff::choose_engine(options, at::kCPU).engine == "fused");
  CHECK(ff::choose_engine(options, at::kCPU).reason.empty());
}
