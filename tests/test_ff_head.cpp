// Softmax head of Forward-Forward networks: what trains it, and that it does not affect the layers.
#include <ATen/Functions.h>

#include "tests/close.h"
#include "tests/fault_injecting_device.h"
#include "tests/small_learner.h"
#include "tests/toy.h"

using ff::FFLearner;
using ff::FFLearnerOptions;
using ff::test::batch;
using ff::test::changed;
using ff::test::copies;
using ff::test::small;

namespace {

// Hard negatives as in Hinton (2022): labels sampled from a head on all layers but the first.
FFLearnerOptions with_head(const std::string& negatives) {
  auto options = small("parallel");
  options.model.goodness = "sum-square";
  options.model.normalize.type = "rms";
  options.model.threshold = {.initial = "width", .learned = false};
  options.model.init = "normal";
  options.label.value = 1.0;
  options.negatives.type = negatives;
  if (negatives != "hybrid") options.negatives.pairing = "paired";
  if (negatives == "hybrid") options.predict.by = "head";
  options.optimizer = {.type = "sgd", .learning_rate = 0.003, .momentum = 0.9};
  options.head.type = "softmax";
  options.head.layers = {.all = false, .from = 1};
  options.head.optimizer.learning_rate = 0.1;
  return options;
}

void train(FFLearner& learner, int epochs, std::int64_t images, std::int64_t size) {
  for (const auto& phase : learner.phases()) {
    for (int epoch = 0; epoch < epochs; ++epoch) {
      for (std::int64_t i = 0; i < images; i += size) {
        auto b = batch(learner, i, size, static_cast<int>(learner.streams()));
        b.indices.back() = (b.indices.back() + 7 * (learner.streams() - 1)) % images;
        b.ids = b.indices;
        learner.train_batch(phase, b);
      }
    }
  }
}

}  // namespace

TEST_CASE("a head learns along, or after the layers, and by every kind of negatives") {
  for (const auto* engine : {"autograd", "fused"}) {
    for (const auto* negatives : {"random-label", "hard-label", "hybrid"}) {
      for (const auto* when : {"along", "after"}) {
        if (std::string(negatives) == "hard-label" && std::string(when) == "after") continue;
        INFO(engine << " " << negatives << " " << when);
        auto options = with_head(negatives);
        options.engine = engine;
        options.head.train = when;
        options.batch_size = 30;
        ff::PythonRandom random(0);
        const auto images = ff::test::toy_images(300, 1);
        at::manual_seed(0);
        FFLearner learner(options, images, random);
        train(learner, 12, 300, 30);
        const auto test = ff::test::toy_images(200, 2);
        const auto scores = learner.scores(test.rows(0, 200));
        CHECK(scores.methods.contains("goodness") == (std::string(negatives) != "hybrid"));
        for (const auto& [method, by_one] : scores.methods) {
          INFO(method);
          const auto right = (by_one.argmax(1) == test.labels).to(at::kDouble).mean();
          CHECK(right.item<double>() > 0.9);
        }
        CHECK(at::equal(scores.classes, scores.methods.at(options.predict.by)));
      }
    }
  }
}

TEST_CASE("a head never trains the layers") {
  for (const auto* negatives : {"random-label", "hybrid"}) {
    auto options = with_head(negatives);
    const auto images = ff::test::toy_images(120, 1);
    const auto layers_after = [&](bool head) {
      auto own = options;
      if (!head) own.head.type = "none";
      if (!head) own.predict.by = "goodness";
      // Hybrid negatives require a head, so compare with a head whose learning rate is negligible.
      if (!head && own.negatives.type == "hybrid") {
        own = options;
        own.head.optimizer.learning_rate = 1e-12;
      }
      ff::PythonRandom random(0);
      at::manual_seed(5);
      FFLearner learner(own, images, random);
      train(learner, 3, 120, 30);
      auto model = copies(learner.model());
      model.erase("head.weight");
      return model;
    };
    const auto with = layers_after(true), without = layers_after(false);
    INFO(negatives);
    ff::test::check_same_bits(with, without);
  }
}

TEST_CASE("a head that is trained after the layers leaves them as they are") {
  auto options = with_head("random-label");
  options.head.train = "after";
  options.schedule.type = "sequential";
  ff::PythonRandom random(0);
  FFLearner learner(options, ff::test::toy_images(60, 1), random);
  const auto phases = learner.phases();
  REQUIRE(phases.size() == 4);
  CHECK(phases.back().name == "head");
  CHECK(phases.back().epochs == options.head.epochs);
  const auto before = copies(learner.model());
  CHECK(learner.train_batch(phases.back(), batch(learner, 0, 30, 1)).numel() == 1);
  CHECK(changed(before, learner) == std::vector<std::string>{"head.weight"});
}

TEST_CASE("a head sees what the layers made of the images before a step changed them") {
  auto options = with_head("hybrid");
  ff::PythonRandom random(0);
  const auto images = ff::test::toy_images(60, 1);
  at::manual_seed(5);
  FFLearner learner(options, images, random);
  const auto b = batch(learner, 0, 30, 2);
  const auto features =
      learner.network->normalized_activities(images.rows(b.indices[0]), {1, 2}, false);
  ff::SoftmaxHead by_hand(features.size(1), 3, options.head.optimizer);
  by_hand->train_step(features, images.labels.index_select(0, b.indices[0]));
  learner.train_batch(learner.phases()[0], b);
  CHECK(at::equal(learner.head->weight, by_hand->weight));
}

TEST_CASE("the rate falls for the layers and the head, each in its own epochs") {
  auto options = with_head("hard-label");
  options.schedule.epochs = 10;
  options.optimizer.cooldown = 0.5;
  options.head.optimizer.cooldown = 0.8;
  ff::PythonRandom random(0);
  FFLearner learner(options, ff::test::toy_images(30, 1), random);
  learner.enter_epoch(learner.phases()[0], 9);
  const auto state = learner.training_state();
  CHECK(state.at("layers.2.rate_factor").item<double>() == 0.2);
  CHECK(state.at("head.rate_factor").item<double>() == 0.5);
}

TEST_CASE("layers chosen by validation have the say, and are part of the state") {
  auto options = small("parallel");
  options.predict.layers = {.all = false, .by_validation = true};
  ff::PythonRandom random(0);
  const auto images = ff::test::toy_images(30, 1);
  FFLearner learner(options, images, random);
  CHECK(learner.chooses_layers());
  learner.predict_with({1, 2});
  CHECK(learner.report().at("predict_layers") == std::vector<double>{1, 2});
  const auto scores = learner.scores(images.rows(0, 30));
  CHECK_THAT(scores.classes, ff::test::AllClose(scores.by_layer.narrow(2, 1, 2).mean(2), 1e-6, 0));
  FFLearner other(options, images, random);
  ff::copy_into(other.model(), copies(learner.model()));
  ff::copy_into(other.training_state(), learner.training_state());
  CHECK(at::equal(other.scores(images.rows(0, 30)).classes, scores.classes));
}

TEST_CASE("options that rule each other out are refused with the reason and the cure") {
  const auto refused = [](const FFLearnerOptions& options, const std::string& text) {
    ff::PythonRandom random(0);
    CHECK_THROWS_WITH(FFLearner(options, ff::test::toy_images(30, 1), random),
                      ContainsSubstring(text));
  };
  auto options = small("parallel");
  options.predict.layers = {.all = false, .first = 4};
  refused(options, "predict.layers: the first 4 layers of 3; allowed: 1 to 3");

  options = with_head("hard-label");
  options.head.type = "none";
  refused(options,
          "negatives.type: hard-label draws labels from the predictions of a head; set head.type");
  options = with_head("hard-label");
  options.negatives.pairing = "independent";
  refused(options, "negatives.pairing: hard labels are drawn for the images of the batch");
  options = with_head("hard-label");
  options.schedule.type = "sequential";
  refused(options, "head.train: along requires schedule.type parallel");
  options = with_head("hard-label");
  options.head.layers = {.all = false, .list = {3}};
  refused(options, "head.layers: there is no layer 3; allowed: 0 to 2");

  options = with_head("hybrid");
  options.predict.by = "goodness";
  refused(options, "predict.by: goodness tries every label, but with negatives.type hybrid");
  options = with_head("hybrid");
  options.head.type = "none";
  refused(options, "hybrid trains without labels, so only a head can classify");
  options = with_head("hybrid");
  options.negatives.pairing = "paired";
  refused(options, "negatives.pairing: hybrid mixes two orders of the images");

  options = small("parallel");
  options.loss.type = "symba";
  refused(options, "loss.type: symba compares a negative with the positive of the same image");
  options = small("parallel");
  options.predict.by = "head";
  refused(options, "predict.by: head requires a head");
  options = small("parallel");
  options.augment.shift = 4;
  refused(options, "augment.shift: 4 pixels can shift out all of an image of 4 x 6");
}

TEST_CASE("a head learns along with dropout and peers on a GPU", "[gpu]") {
  const ff::test::Emulation gpu;
  for (const auto* precision : {"float32", "bf16"}) {
    INFO(precision);
    auto options = with_head("hard-label");
    options.engine = "fused";
    options.precision = precision;
    options.batch_size = 30;
    options.model.dropout = 0.1;
    options.model.peer.weight = 0.03;
    options.augment.shift = 1;
    const auto images = ff::test::toy_images(300, 1);
    ff::PythonRandom random(0);
    at::manual_seed(0);
    FFLearner learner(options, images, random);
    train(learner, 20, 300, 30);
    const auto test = ff::test::toy_images(200, 2);
    for (const auto& [method, by_one] : learner.scores(test.rows(0, 200)).methods) {
      INFO(method);
      CHECK((by_one.argmax(1) == test.labels).to(at::kDouble).mean().item<double>() >
            0.6);  // shifts are costly on such small images
    }
  }
}

TEST_CASE("a learner with a head on a GPU ends where autograd's does", "[gpu]") {
  const ff::test::Emulation gpu;
  for (const auto* negatives : {"random-label", "hard-label"}) {
    for (const auto* when : {"along", "after"}) {
      if (std::string(negatives) == "hard-label" && std::string(when) == "after") continue;
      INFO(negatives << " " << when);
      auto options = with_head(negatives);
      options.head.train = when;
      options.augment.shift = 1;
      options.batch_size = 20;
      const auto images = ff::test::toy_images(100, 1);
      std::vector<std::map<std::string, std::vector<double>>> reports;
      std::vector<ff::TensorDict> ends;
      for (const auto* engine : {"autograd", "fused"}) {
        options.engine = engine;
        ff::PythonRandom random(0);
        at::manual_seed(0);
        FFLearner learner(options, images, random);
        REQUIRE(learner.engine() == engine);
        learner.begin_epoch(/*first=*/true);
        train(learner, 2, 100, 20);
        reports.push_back(learner.report());
        ends.push_back(copies(learner.model()));
        const auto scores = learner.scores(images.rows(0, 50));
        ends.back()["goodness"] = scores.methods.at("goodness");
        ends.back()["head"] = scores.methods.at("head");
        at::manual_seed(1);
        for (const auto& [title, rows] : learner.samples(batch(learner, 0, 8, 1))) {
          ends.back()["sample " + title] = rows;
        }
        for (const auto& [name, values] : learner.measures({batch(learner, 0, 20, 1)})) {
          if (name != "angle") ends.back()["measure " + name] = at::tensor(values);
        }
      }
      for (const auto& [name, tensor] : ends[0]) {
        INFO(name);
        REQUIRE(ends[1].contains(name));
        CHECK_THAT(ends[1].at(name), ff::test::AllClose(tensor, 2e-3, 2e-4));
      }
      REQUIRE(reports[0].size() == reports[1].size());
      for (const auto& [name, values] : reports[0]) {
        INFO(name);
        CHECK_THAT(at::tensor(reports[1].at(name)),
                   ff::test::AllClose(at::tensor(values), 1e-4, 1e-5));
      }
    }
  }
}
