#include <cmath>

#include <ATen/Functions.h>

#include "tests/close.h"
#include "tests/measured.h"
#include "tests/small_learner.h"
#include "tests/toy.h"

using ff::FFLearner;
using ff::FFLearnerOptions;
using ff::test::batches_of;

namespace {

// With two classes, the wrong label of an image is the other one.
ff::ImageSet two_classes() {
  auto images = ff::test::toy_images(60, 1);
  images.labels = images.labels.remainder(2);
  images.classes = 2;
  return images;
}

// The SymBa loss of a pair is -log softmax over both labels of goodness / temperature, that is, the
// cross-entropy that backpropagation minimises over the layers used for prediction.
FFLearnerOptions symba(std::vector<std::int64_t> widths) {
  auto options = ff::test::small("parallel");
  options.model.widths = std::move(widths);
  options.loss.type = "symba";
  options.loss.temperature = 0.25;
  options.negatives.pairing = "paired";
  return options;
}

FFLearnerOptions with_everything(const std::string& negatives) {
  auto options = ff::test::small("parallel");
  options.negatives.type = negatives;
  options.negatives.pairing = negatives == "hybrid" ? "independent" : "paired";
  options.head.type = "softmax";
  options.predict.by = negatives == "hybrid" ? "head" : "goodness";
  options.model.peer.weight = 0.1;
  options.model.dropout = 0.2;
  options.augment.shift = 1;
  return options;
}

}  // namespace

TEST_CASE("Forward-Forward with one layer, two classes and SymBa's loss is backpropagation",
          "[measures]") {
  for (const auto* direction : {"max-ssq", "min-ssq"}) {
    INFO(direction);
    auto options = symba({12});
    options.loss.direction = direction;
    ff::PythonRandom random(0);
    at::manual_seed(2);
    FFLearner learner(options, two_classes(), random);
    const auto found = learner.measures(batches_of(learner, 20, 2));
    CHECK(found.at("angle")[0] < 0.1);
    CHECK(found.at("norm_ratio")[0] == Approx(1).epsilon(1e-4));
    CHECK(found.at("sign_agreement")[0] > 0.999);
  }
}

TEST_CASE("backpropagation goes through all layers, to those that have a say", "[measures]") {
  auto options = symba({12, 8, 5});
  options.predict.layers = {.all = false, .list = {1}};
  ff::PythonRandom random(0);
  at::manual_seed(2);
  FFLearner learner(options, two_classes(), random);
  const auto found = learner.measures(batches_of(learner, 20, 1));
  CHECK(found.at("angle")[0] > 5);    // minimises its own loss, not that of the layer above
  CHECK(found.at("angle")[1] < 0.1);  // the layer used for prediction
  CHECK(found.at("norm_ratio")[1] == Approx(1).epsilon(1e-4));
  CHECK(std::isnan(found.at("angle")[2]));  // its gradient is zero
  CHECK(found.at("dead_units").size() == 3);
}

TEST_CASE("measuring Forward-Forward changes nothing, tells the same again, with either engine",
          "[measures]") {
  for (const auto* negatives : {"random-label", "hard-label", "hybrid"}) {
    std::vector<ff::Measures> reported;
    for (const auto* engine : {"fused", "autograd"}) {
      INFO(negatives << ", " << engine);
      auto options = with_everything(negatives);
      options.engine = engine;
      ff::PythonRandom random(0);
      const auto images = ff::test::toy_images(60, 1);
      at::manual_seed(5);
      FFLearner learner(options, images, random);
      reported.push_back(learner.measures(batches_of(learner, 20, 3)));
      const auto streams = static_cast<int>(learner.streams());
      learner.train_batch(learner.phases()[0], ff::test::batch(learner, 0, 20, streams));
      const auto before = ff::test::all_state(learner);
      const auto once = learner.measures(batches_of(learner, 20, 3));
      CHECK(once == learner.measures(batches_of(learner, 20, 3)));
      CHECK(ff::test::differing(before, ff::test::all_state(learner)).empty());
      for (const auto angle : once.at("angle")) CHECK((angle > 0 && angle < 180));
      // A head is initialised to zero, so it passes no gradient down.
      if (learner.streams() == 2) CHECK(std::isnan(reported.back().at("angle")[0]));
    }
    if (std::string(negatives) == "hybrid") continue;  // nothing to compare yet
    for (std::size_t l = 0; l < 3; ++l) {
      CHECK(reported[0].at("angle")[l] == Approx(reported[1].at("angle")[l]).epsilon(1e-4));
    }
  }
}

TEST_CASE("a Forward-Forward unit is dead that no positive wakes", "[measures]") {
  ff::PythonRandom random(0);
  at::manual_seed(5);
  FFLearner learner(ff::test::small("sequential"), ff::test::toy_images(60, 1), random);
  const auto dead = [&] { return learner.measures(batches_of(learner, 20, 3)).at("dead_units"); };
  const auto before = dead();
  {
    at::NoGradGuard no_grad;
    learner.network->layers[0]->bias.fill_(-100);
    learner.network->layers[0]->bias[3].fill_(100);
  }
  CHECK(before[0] < 0.5);
  CHECK(dead()[0] == Approx(11.0 / 12));
}
