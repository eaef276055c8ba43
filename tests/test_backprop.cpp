#include <ATen/Functions.h>

#include "baselines/backprop.h"
#include "tests/close.h"
#include "tests/toy.h"

using ff::baselines::Backprop;
using ff::baselines::BackpropOptions;
using ff::baselines::Mlp;

namespace {

ff::Batch batch(std::int64_t begin, std::int64_t size) {
  return {{at::arange(begin, begin + size, at::kLong)}};
}

}  // namespace

TEST_CASE("the network's gradient is the slope of its cross-entropy") {
  for (const auto& activation : ff::activations()) {
    INFO(activation.name);
    at::manual_seed(2);
    Mlp network(ff::baselines::MlpOptions{
        .in_features = 5, .widths = {4, 3}, .activation = activation.name});
    network->to(at::kDouble);
    const auto x = at::randn({6, 5}, at::kDouble);
    const auto labels = at::tensor({0, 1, 2, 0, 1, 2}, at::kLong);
    const auto loss = [&] { return at::cross_entropy_loss(network->forward(x), labels); };
    loss().backward();
    for (const auto& item : network->named_parameters()) {
      INFO(item.key());
      const auto slope = ff::test::central_differences([&] { return loss().item<double>(); },
                                                       item.value().detach());
      CHECK_THAT(item.value().grad(), ff::test::AllClose(slope, 1e-6, 1e-9));
    }
  }
}

TEST_CASE("backpropagation learns the toy images and reports its loss") {
  const auto images = ff::test::toy_images(300, 1);
  at::manual_seed(0);
  Backprop learner({.mlp = {.widths = {8, 3}}, .optimizer = {.learning_rate = 0.01}}, images);
  const auto phase = learner.phases()[0];
  for (int epoch = 0; epoch < 10; ++epoch) {
    for (std::int64_t i = 0; i < 300; i += 30) learner.train_batch(phase, batch(i, 30));
  }
  const auto test = ff::test::toy_images(200, 2);
  const auto scores = learner.scores(test.rows(0, 200)).classes;
  CHECK((scores.argmax(1) == test.labels).to(at::kDouble).mean().item<double>() > 0.95);
  CHECK(learner.loss(scores, test.labels).value() ==
        Approx(at::cross_entropy_loss(scores, test.labels).item<double>()));
}

TEST_CASE("pruning sees weights only, in the order of the layers") {
  at::manual_seed(0);
  Backprop learner({.mlp = {.widths = {8, 3}}}, ff::test::toy_images(30, 1));
  const auto weights = learner.prunable_weights();
  REQUIRE(weights.size() == 2);
  CHECK(weights[0].sizes() == at::IntArrayRef({8, 24}));
  CHECK(weights[1].sizes() == at::IntArrayRef({3, 8}));
}

TEST_CASE("a last layer that is not one unit per class is refused") {
  CHECK_THROWS_WITH(Backprop({.mlp = {.widths = {8, 4}}}, ff::test::toy_images(30, 1)),
                    ContainsSubstring("there are 3 classes"));
}
