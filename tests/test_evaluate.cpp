#include <ATen/Functions.h>

#include "experiments/run/evaluate.h"
#include "ff/forward_forward/goodness_learner.h"
#include "tests/catch.h"
#include "tests/toy.h"

using namespace ff::experiments;

namespace {

ff::FFLearner make_learner(const ff::ImageSet& images, ff::PythonRandom& random) {
  at::manual_seed(0);
  ff::FFLearnerOptions options;
  options.model.widths = {12, 8};
  return {options, images, random};
}

}  // namespace

TEST_CASE("the size of the blocks changes nothing but memory") {
  const auto images = ff::test::toy_images(50, 1);
  ff::PythonRandom random(0);
  auto learner = make_learner(images, random);
  const auto whole = evaluate(learner, images, 50);
  for (const std::int64_t block : {1, 7, 49, 1000}) {
    const auto parts = evaluate(learner, images, block);
    CHECK(at::equal(parts.predictions, whole.predictions));
    CHECK(parts.accuracy == whole.accuracy);
    CHECK(parts.by_prefix == whole.by_prefix);
    CHECK(parts.by_layer == whole.by_layer);
  }
}

TEST_CASE("an evaluation draws no random numbers and leaves the network as it was") {
  const auto images = ff::test::toy_images(50, 1);
  ff::PythonRandom random(0);
  auto learner = make_learner(images, random);
  const auto before = learner.model().at("layers.1.weight").detach().clone();
  at::manual_seed(4);
  const auto expected = at::rand({3});
  at::manual_seed(4);
  evaluate(learner, images, 20);
  CHECK(at::equal(at::rand({3}), expected));
  CHECK(at::equal(learner.model().at("layers.1.weight"), before));
}

TEST_CASE("the first prefix is the first layer, the last is what all layers predict") {
  const auto images = ff::test::toy_images(50, 1);
  ff::PythonRandom random(0);
  auto learner = make_learner(images, random);
  const auto result = evaluate(learner, images, 50);
  REQUIRE(result.by_prefix.size() == 2);
  CHECK(result.by_prefix[0] == result.by_layer[0]);
  CHECK(result.by_prefix[1] == result.accuracy);
}

TEST_CASE("an empty set has nothing to evaluate") {
  const auto images = ff::test::toy_images(50, 1);
  ff::PythonRandom random(0);
  auto learner = make_learner(images, random);
  CHECK_FALSE(evaluate(learner, ff::ImageSet(), 50).predictions.defined());
}
