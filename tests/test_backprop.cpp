#include <ATen/Functions.h>

#include "baselines/backward_learner.h"
#include "tests/close.h"
#include "tests/toy.h"

using ff::baselines::BackwardLearner;

namespace {

const auto kLayers = ff::mlp_layers({8, 3}, "relu");

ff::Batch batch(const BackwardLearner& learner, std::int64_t begin, std::int64_t size) {
  return ff::resident_batch(learner.info().resident, {at::arange(begin, begin + size, at::kLong)});
}

}  // namespace

TEST_CASE("backpropagation learns the toy images and reports its loss") {
  const auto images = ff::test::toy_images(300, 1);
  at::manual_seed(0);
  BackwardLearner learner(
      "bp", {.layers = kLayers, .optimizer = {.learning_rate = 0.01}}, {}, images);
  const auto phase = learner.phases()[0];
  for (int epoch = 0; epoch < 10; ++epoch) {
    for (std::int64_t i = 0; i < 300; i += 30) learner.train_batch(phase, batch(learner, i, 30));
  }
  const auto test = ff::test::toy_images(200, 2);
  const auto scores = learner.scores(test.rows(0, 200)).classes;
  CHECK((scores.argmax(1) == test.labels).to(at::kDouble).mean().item<double>() > 0.95);
  CHECK(learner.loss(scores, test.labels).value() ==
        Approx(at::cross_entropy_loss(scores, test.labels).item<double>()));
}

TEST_CASE("pruning sees weights only, in the order of the layers") {
  at::manual_seed(0);
  BackwardLearner learner("bp", {.layers = kLayers}, {}, ff::test::toy_images(30, 1));
  const auto weights = learner.prunable_weights();
  REQUIRE(weights.size() == 2);
  CHECK(weights[0].sizes() == at::IntArrayRef({8, 24}));
  CHECK(weights[1].sizes() == at::IntArrayRef({3, 8}));
}

TEST_CASE("a last layer that is not one unit per class is refused") {
  const auto layers = ff::mlp_layers({8, 4}, "relu");
  CHECK_THROWS_WITH(BackwardLearner("bp", {.layers = layers}, {}, ff::test::toy_images(30, 1)),
                    ContainsSubstring("there are 3 classes"));
}
