// Training from a stream of batches is bit-identical to training from a resident data set with the
// same samples.
#include <cmath>

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Functions.h>

#include "baselines/backward_learner.h"
#include "ff/forward_forward/goodness_learner.h"
#include "tests/close.h"
#include "tests/measured.h"
#include "tests/small_learner.h"
#include "tests/stream.h"
#include "tests/toy.h"

using ff::DataInfo;
using ff::FFLearner;
using ff::ImageSet;
using ff::baselines::BackwardLearner;
using ff::test::copies;
using ff::test::stream_of;
using ff::test::toy_images;

namespace {

// the last batch of a pass has 6 images
constexpr std::int64_t kImages = 70, kBatch = 16, kSteps = 12;

ImageSet as_floats(const ImageSet& set) {
  return {set.rows(0, set.size()).view(set.images.sizes()), set.labels, set.classes, {{0}, {1}}};
}

std::vector<ImageSet> bytes_and_floats() {
  const auto bytes = toy_images(kImages, 1);
  return {bytes, as_floats(bytes)};
}

template <class Learner>
ff::TensorDict everything(const Learner& learner) {
  auto all = copies(learner.model());
  ff::merge(all, "state.", copies(learner.training_state()));
  return all;
}

std::unique_ptr<BackwardLearner> make_bp(const std::string& engine, const DataInfo& info) {
  ff::baselines::NetworkLearnerOptions options;
  options.layers = ff::mlp_layers({8, 3}, "relu");
  options.engine = engine;
  options.batch_size = kBatch;
  options.augment.shift = 1;
  at::manual_seed(2);
  return std::make_unique<BackwardLearner>("bp", options, ff::baselines::FeedbackOptions{}, info);
}

// Returns options that streams support.
ff::FFLearnerOptions ff_options(const std::string& engine) {
  auto options = ff::test::small("parallel");
  options.engine = engine;
  options.batch_size = kBatch;
  options.negatives.redraw = "batch";
  options.negatives.pairing = "paired";
  return options;
}

// A learner with its random generators, positioned after the weight initialisation.
struct Made {
  Made(const ff::FFLearnerOptions& options, const DataInfo& info) {
    at::manual_seed(2);
    learner = std::make_unique<FFLearner>(options, info, random);
  }

  ff::PythonRandom random{1};
  std::unique_ptr<FFLearner> learner;
};

void check_ff_alike(const ff::FFLearnerOptions& options, const std::string& engine) {
  for (const auto& set : bytes_and_floats()) {
    CAPTURE(engine, set.floats(), options.negatives.type);
    Made resident(options, set);
    ff::test::train_resident(*resident.learner, kBatch, kSteps);
    Made stream(options, stream_of(set));
    CHECK(stream.learner->engine() == engine);
    const auto before = copies(stream.learner->model());
    ff::test::train_stream(*stream.learner, set, kBatch, kSteps);
    ff::test::check_same_bits(everything(*stream.learner), everything(*resident.learner));
    CHECK(at::equal(stream.random.state(), resident.random.state()));
    CHECK_FALSE(ff::test::differing(before, copies(stream.learner->model())).empty());
  }
}

}  // namespace

TEST_CASE("Backpropagation learns from a stream what it learns from a resident set", "[stream]") {
  for (const auto* engine : {"autograd", "fused"}) {
    for (const auto& set : bytes_and_floats()) {
      CAPTURE(engine, set.floats());
      const auto resident = make_bp(engine, set);
      ff::test::train_resident(*resident, kBatch, kSteps);
      const auto stream = make_bp(engine, stream_of(set));
      CHECK(stream->engine() == engine);
      const auto before = copies(stream->model());
      ff::test::train_stream(*stream, set, kBatch, kSteps);
      ff::test::check_same_bits(everything(*stream), everything(*resident));
      CHECK(ff::test::differing(before, copies(stream->model())).size() == before.size());
    }
  }
}

// With wrong labels drawn per batch, a stream and a resident data set draw the same random numbers:
// shifts from the default generator, then one choice per sample from Python's generator.
TEST_CASE("Forward-Forward learns from a stream what it learns from a resident set", "[stream]") {
  for (const auto* engine : {"autograd", "fused"}) {
    auto options = ff_options(engine);
    check_ff_alike(options, engine);
    options.augment = {.shift = 1, .flip = true};
    options.head.type = "softmax";
    check_ff_alike(options, engine);
    options.negatives.type = "hard-label";
    check_ff_alike(options, engine);
  }
  auto convolutional = ff_options("auto");
  convolutional.model.layers = {{.type = "conv", .channels = 3, .kernel = 3, .padding = 1},
                                {.type = "relu"},
                                {.type = "linear", .width = 9},
                                {.type = "linear", .width = 5}};
  check_ff_alike(convolutional, "mixed");
}

TEST_CASE("A stream without an end or a known background trains until it is stopped", "[stream]") {
  const auto set = toy_images(300, 1);
  auto info = stream_of(set);
  info.background.reset();
  Made made(ff_options("fused"), info);
  std::int64_t reported = 0;
  ff::StreamEpoch* running = nullptr;
  ff::StreamEpoch epoch(
      ff::test::round_and_round(set, kBatch), ff::Epoch::kAll, [&](const at::Tensor& losses) {
        CHECK(losses.sizes() == at::IntArrayRef({1, 3}));
        if (++reported == 600) running->stop();
      });
  running = &epoch;
  made.learner->train_epoch(made.learner->phases()[0], epoch);
  CHECK(epoch.steps_trained() == 600);
  CHECK(reported == 600);
  const auto test = toy_images(200, 2);
  const auto scores = made.learner->scores(test.rows(0, test.size())).classes;
  CHECK((scores.argmax(1) == test.labels).to(at::kDouble).mean().item<double>() > 0.9);
}

TEST_CASE("A stream with an end is trained to it, one batch held at a time", "[stream]") {
  const auto set = toy_images(kImages, 1);
  const auto learner = make_bp("autograd", stream_of(set));
  std::int64_t requested = 0, reported = 0;
  ff::StreamEpoch epoch(
      [&] {
        CHECK(requested == reported);  // the previous batch has been trained
        if (requested == 4) return ImageSet();
        return set.subset(ff::test::rows_of_step(kImages, kBatch, requested++));
      },
      ff::Epoch::kAll,
      [&](const at::Tensor&) { ++reported; });
  learner->train_epoch(learner->phases()[0], epoch);
  CHECK(requested == 4);
  CHECK(epoch.steps_trained() == 4);
  CHECK(epoch.next(1).size() == 0);
}

TEST_CASE("Samples of a little set get their wrong labels by their ids", "[stream]") {
  const auto set = toy_images(kImages, 1);
  for (const auto* engine : {"autograd", "fused"}) {
    for (const auto* schedule : {"parallel", "sequential"}) {
      CAPTURE(engine, schedule);
      auto options = ff::test::small(schedule);
      options.engine = engine;
      options.batch_size = kBatch;
      Made whole(options, set), pieces(options, set);
      // reads the cached outputs of lower layers
      const auto phase = whole.learner->phases().back();
      for (std::int64_t step = 0; step < 4; ++step) {
        const auto ids = at::arange(step * kBatch, (step + 1) * kBatch, at::kLong);
        whole.learner->train_batch(
            phase, ff::resident_batch(whole.learner->info().resident, {ids, ids.flip(0)}));
        const auto rows = at::arange(kBatch, at::kLong);
        const auto samples = std::make_shared<const ImageSet>(set.subset(ids));
        const ff::Batch batch{samples, {rows, rows.flip(0)}, {ids, ids.flip(0)}};
        pieces.learner->train_batch(phase, batch);
      }
      ff::test::check_same_bits(everything(*pieces.learner), everything(*whole.learner));
      CHECK_THROWS_WITH(
          pieces.learner->train_batch(phase, ff::stream_batch(set.subset(at::arange(4)))),
          ContainsSubstring("the batch has no ids"));
    }
  }
}

TEST_CASE("A batch of one sample trains", "[stream]") {
  for (const auto& set : bytes_and_floats()) {
    for (const auto* engine : {"autograd", "fused"}) {
      for (const auto* pairing : {"paired", "independent"}) {
        CAPTURE(set.floats(), engine, pairing);
        auto options = ff_options(engine);
        options.negatives.pairing = pairing;
        Made made(options, stream_of(set));
        const auto bp = make_bp(engine, stream_of(set));
        for (std::int64_t i = 0; i < 3; ++i) {
          const auto one = ff::stream_batch(set.subset(at::arange(i, i + 1, at::kLong)));
          const auto losses = made.learner->train_batch(made.learner->phases()[0], one);
          CHECK(losses.numel() == 3);
          CHECK(losses.isfinite().all().item<bool>());
          CHECK(std::isfinite(bp->train_batch(bp->phases()[0], one).item<double>()));
        }
      }
    }
  }
}

TEST_CASE("Negatives of a stream with an order of their own are shuffled in the batch",
          "[stream]") {
  const auto set = toy_images(kImages, 1);
  const auto batch = ff::stream_batch(set.subset(at::arange(40, 60, at::kLong)));
  for (const auto* type : {"random-label", "hybrid"}) {
    INFO(type);
    auto options = ff_options("autograd");
    options.negatives.type = type;
    options.negatives.pairing = "independent";
    ff::PythonRandom random(1);
    const ff::FFData data(options, stream_of(set), random);
    CHECK(data.streams() == 1);
    at::manual_seed(4);
    const auto pos = data.positives(batch), neg = data.negatives(batch, pos);
    CHECK(at::equal(pos.images, at::arange(20, at::kLong)));
    const auto& others = neg.others.defined() ? neg.others : neg.images;
    CHECK_FALSE(at::equal(others, pos.images));
    CHECK(at::equal(std::get<0>(others.sort()), pos.images));
    if (neg.others.defined()) continue;
    CHECK(at::equal(ff::FFData::own_labels(neg), batch.samples->labels.index_select(0, others)));
    CHECK((neg.labels != ff::FFData::own_labels(neg)).all().item<bool>());
  }
}

TEST_CASE("Measuring on a stream changes nothing, generators included", "[stream][measures]") {
  const auto set = toy_images(kImages, 1);
  const auto batch = ff::stream_batch(set.subset(at::arange(20, at::kLong)));
  for (const auto* pairing : {"paired", "independent"}) {
    auto options = ff_options("fused");
    options.negatives.pairing = pairing;
    Made made(options, stream_of(set));
    const auto before = ff::test::all_state(*made.learner);
    const auto python = made.random.state();
    const auto once = made.learner->measures({batch, batch});
    CHECK(once == made.learner->measures({batch, batch}));
    CHECK(once.at("angle").size() == 3);
    CHECK(at::equal(made.random.state(), python));
    CHECK(ff::test::differing(before, ff::test::all_state(*made.learner)).empty());
  }
}
