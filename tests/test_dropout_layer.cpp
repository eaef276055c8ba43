// dropout as a layer: its masks, and that training with it resumes to the same bits.
#include <cmath>

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include "ff/forward_forward/goodness_learner.h"
#include "ff/nn/layer_kind.h"
#include "tests/catch.h"
#include "tests/close.h"
#include "tests/small_learner.h"
#include "tests/toy.h"

TEST_CASE("Dropout keeps values with their probability and preserves the sum", "[layers]") {
  const auto layer =
      ff::make_layer({.type = "dropout", .own = {{"probability", 0.25}}}, {.input = {8, 20, 20}});
  const auto x = at::ones({10, 8, 20, 20});
  at::manual_seed(4);
  const auto y = layer->forward(x, ff::Pass::kTrain);
  CHECK(at::equal(y.eq(0), y.ne(1 / 0.75F)));
  const auto kept = y.ne(0).to(at::kDouble).mean().item<double>();
  CHECK(kept == Approx(0.75).margin(5 * std::sqrt(0.25 * 0.75 / 32000)));
  CHECK_FALSE(at::equal(layer->forward(x, ff::Pass::kTrain), y));
  at::manual_seed(4);
  CHECK(at::equal(layer->forward(x, ff::Pass::kTrain), y));
  // Other passes change nothing and draw nothing.
  const auto state = at::detail::getDefaultCPUGenerator().get_state();
  CHECK(layer->forward(x, ff::Pass::kEvaluate).is_same(x));
  CHECK(layer->forward(x, ff::Pass::kProbe).is_same(x));
  CHECK(at::equal(at::detail::getDefaultCPUGenerator().get_state(), state));
}

TEST_CASE("Forward-Forward with these layers resumes to the same bits", "[layers][blocks]") {
  auto options = ff::test::small("parallel");
  options.model.layers = {{.type = "local2d", .channels = 3, .kernel = 3, .padding = 1},
                          {.type = "group-norm", .own = {{"groups", 3}}},
                          {.type = "relu"},
                          {.type = "avg-pool", .kernel = 2},
                          {.type = "dropout"},
                          {.type = "linear", .width = 7},
                          {.type = "relu"},
                          {.type = "rms-norm"}};
  options.engine = "autograd";
  options.batch_size = 20;
  const auto images = ff::test::toy_images(120, 5);
  const auto generator = at::detail::getDefaultCPUGenerator();
  const auto steps = [](ff::FFLearner& learner, std::int64_t from, std::int64_t to) {
    const auto phase = learner.phases().front();
    for (auto step = from; step < to; ++step) {
      learner.train_batch(phase, ff::test::batch(learner, step * 20, 20, 2));
    }
  };
  ff::PythonRandom random(1);
  at::manual_seed(2);
  ff::FFLearner learner(options, images, random);
  steps(learner, 0, 3);
  const auto model = ff::test::copies(learner.model());
  const auto state = ff::test::copies(learner.training_state());
  const auto draws = generator.get_state();
  steps(learner, 3, 6);

  at::manual_seed(77);
  ff::PythonRandom other(3);
  ff::FFLearner resumed(options, images, other);
  ff::copy_into(resumed.model(), model);
  ff::copy_into(resumed.training_state(), state);
  auto shared = generator;
  shared.set_state(draws);
  steps(resumed, 3, 6);
  ff::test::check_same_bits(ff::test::copies(resumed.model()), ff::test::copies(learner.model()));
  CHECK_FALSE(at::equal(resumed.model().at("layers.0.weight"), model.at("layers.0.weight")));
}
