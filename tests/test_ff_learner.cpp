#include <type_traits>

#include <ATen/Functions.h>

#include "tests/close.h"
#include "tests/small_learner.h"
#include "tests/toy.h"

using ff::FFLearner;
using ff::FFLearnerOptions;
using ff::test::batch;
using ff::test::changed;
using ff::test::copies;
using ff::test::small;

namespace {

double accuracy(FFLearner& learner, const ff::ImageSet& set) {
  const auto scores = learner.scores(set.rows(0, set.size()));
  return (scores.classes.argmax(1) == set.labels).to(at::kDouble).mean().item<double>();
}

}  // namespace

TEST_CASE("the sequential schedule changes one layer at a time and no other") {
  ff::PythonRandom random(0);
  FFLearner learner(small("sequential"), ff::test::toy_images(64, 1), random);
  const auto phases = learner.phases();
  REQUIRE(phases.size() == 3);
  for (std::size_t k = 0; k < phases.size(); ++k) {
    const auto before = copies(learner.model());
    const auto losses = learner.train_batch(phases[k], batch(learner, 0, 16, 2));
    CHECK(losses.numel() == 1);
    for (const auto& name : changed(before, learner)) {
      CHECK(name.starts_with("layers." + std::to_string(k) + "."));
    }
    CHECK(changed(before, learner).size() == 3);
  }
}

TEST_CASE("the parallel schedule feeds each layer what the one below gave before its update") {
  ff::PythonRandom random(0), same(0);
  const auto images = ff::test::toy_images(64, 1);
  at::manual_seed(5);
  FFLearner parallel(small("parallel"), images, random);
  at::manual_seed(5);
  FFLearner by_hand(small("parallel"), images, same);
  const auto b = batch(parallel, 8, 16, 2);
  const auto losses = parallel.train_batch(parallel.phases()[0], b);
  CHECK(losses.numel() == 3);

  // First computes all activations with the initial weights, then trains the layers in reverse
  // order.
  auto sequential = by_hand.phases()[0];
  for (std::int64_t k = 2; k >= 0; --k) {
    sequential.layer = k;
    by_hand.train_batch(sequential, b);
  }
  ff::test::check_same_bits(parallel.model(), by_hand.model());
}

TEST_CASE("no layer's loss leaves a gradient at another layer") {
  ff::PythonRandom random(0);
  FFLearner learner(small("sequential"), ff::test::toy_images(64, 1), random);
  learner.train_batch(learner.phases()[1], batch(learner, 0, 16, 2));
  CHECK_FALSE(learner.network->layers[0]->weight.grad().defined());
  CHECK(learner.network->layers[1]->weight.grad().defined());
  CHECK_FALSE(learner.network->layers[2]->weight.grad().defined());
}

TEST_CASE("scores are the goodness of each label, averaged over the chosen layers") {
  ff::PythonRandom random(0);
  auto options = small("parallel");
  options.predict.layers = {.all = false, .list = {2, 0}};
  const auto images = ff::test::toy_images(20, 1);
  FFLearner learner(options, images, random);
  const auto rows = images.rows(0, 20);
  const auto scores = learner.scores(rows);
  REQUIRE(scores.by_layer.sizes() == at::IntArrayRef({20, 3, 3}));

  const ff::LabelOverlay overlay(3, 6, images.max_value(), 0.1);
  for (std::int64_t label = 0; label < 3; ++label) {
    auto labelled = rows.clone();
    overlay.write_(labelled, label);
    const auto first = learner.network->features(labelled, 1).pow(2).mean(1);
    const auto third = learner.network->features(labelled, 3).pow(2).mean(1);
    CHECK(at::equal(scores.by_layer.select(2, 0).select(1, label), first));
    CHECK(at::equal(scores.by_layer.select(2, 2).select(1, label), third));
    CHECK_THAT(scores.classes.select(1, label),
               ff::test::AllClose((first + third) / 2, 1e-6, 1e-7));
  }
  CHECK(at::equal(rows, images.rows(0, 20)));
}

TEST_CASE("min-ssq predicts the label of the smallest goodness") {
  const auto images = ff::test::toy_images(20, 1);
  auto options = small("parallel");
  ff::PythonRandom random(0), same(0);
  at::manual_seed(5);
  FFLearner max(options, images, random);
  options.loss.direction = "min-ssq";
  at::manual_seed(5);
  FFLearner min(options, images, same);
  const auto rows = images.rows(0, 20);
  CHECK(at::equal(max.scores(rows).classes.argmin(1), min.scores(rows).classes.argmax(1)));
}

TEST_CASE("both schedules and directions learn the toy images") {
  for (const std::string schedule : {"sequential", "parallel"}) {
    for (const std::string direction : {"max-ssq", "min-ssq"}) {
      INFO(schedule << " " << direction);
      auto options = small(schedule);
      options.loss.direction = direction;
      ff::PythonRandom random(0);
      const auto images = ff::test::toy_images(300, 1);
      at::manual_seed(0);
      FFLearner learner(options, images, random);
      for (const auto& phase : learner.phases()) {
        for (int epoch = 0; epoch < 12; ++epoch) {
          for (std::int64_t i = 0; i < 300; i += 30) {
            learner.train_batch(phase, batch(learner, i, 30, 2));
          }
        }
      }
      CHECK(accuracy(learner, ff::test::toy_images(200, 2)) > 0.9);
    }
  }
}

TEST_CASE("wrong labels are drawn once, or anew for every epoch but the first") {
  for (const std::string redraw : {"never", "epoch"}) {
    auto options = small("parallel");
    options.negatives.redraw = redraw;
    ff::PythonRandom random(0);
    FFLearner learner(options, ff::test::toy_images(200, 1), random);
    const auto drawn = learner.training_state().at("wrong_labels").clone();
    learner.begin_epoch(/*first=*/true);
    CHECK(at::equal(learner.training_state().at("wrong_labels"), drawn));
    learner.begin_epoch(/*first=*/false);
    CHECK(at::equal(learner.training_state().at("wrong_labels"), drawn) == (redraw == "never"));
  }
}

TEST_CASE("Wrong labels drawn for each batch go on from a checkpoint to the same bits") {
  const auto images = ff::test::toy_images(64, 1);
  auto options = small("parallel");
  options.negatives.redraw = "batch";
  ff::PythonRandom one(0), two(0);
  at::manual_seed(5);
  FFLearner whole(options, images, one);
  at::manual_seed(5);
  FFLearner first(options, images, two);
  CHECK_FALSE(whole.training_state().contains("wrong_labels"));
  const auto train = [](FFLearner& learner, int from, int to) {
    for (int i = from; i < to; ++i) {
      learner.train_batch(learner.phases()[0], batch(learner, 16 * i, 16, 2));
    }
  };
  train(whole, 0, 4);
  train(first, 0, 2);
  ff::PythonRandom other(7);
  FFLearner rest(options, images, other);  // its own draws are all overwritten
  ff::copy_into(rest.model(), copies(first.model()));
  ff::copy_into(rest.training_state(), copies(first.training_state()));
  other.set_state(two.state());
  train(rest, 2, 4);
  ff::test::check_same_bits(rest.model(), whole.model());
  CHECK(at::equal(other.state(), one.state()));
}

TEST_CASE("paired negatives share one order of the images") {
  auto options = small("parallel");
  ff::PythonRandom random(0);
  CHECK(FFLearner(options, ff::test::toy_images(30, 1), random).streams() == 2);
  options.negatives.pairing = "paired";
  CHECK(FFLearner(options, ff::test::toy_images(30, 1), random).streams() == 1);
}

// Not copyable or movable, since the engine holds references to members.
static_assert(!std::is_copy_constructible_v<FFLearner> && !std::is_copy_assignable_v<FFLearner>);
static_assert(!std::is_move_constructible_v<FFLearner> && !std::is_move_assignable_v<FFLearner>);
