#include <ATen/Functions.h>

#include "ff/ff_learner.h"
#include "tests/close.h"
#include "tests/toy.h"

using ff::FFLearner;
using ff::FFLearnerOptions;

namespace {

FFLearnerOptions small(const std::string& schedule) {
  FFLearnerOptions options;
  options.model.widths = {12, 8, 5};
  options.model.threshold.initial = 1.0;
  options.schedule.type = schedule;
  options.optimizer.learning_rate = 0.02;
  return options;
}

ff::Batch batch(std::int64_t begin, std::int64_t size, int streams) {
  ff::Batch batch;
  for (int s = 0; s < streams; ++s) {
    batch.indices.push_back(at::arange(begin, begin + size, at::kLong));
  }
  return batch;
}

ff::TensorDict copy_of(const FFLearner& learner) {
  ff::TensorDict copy;
  for (const auto& [name, tensor] : learner.model()) copy[name] = tensor.detach().clone();
  return copy;
}

std::vector<std::string> changed(const ff::TensorDict& before, const FFLearner& learner) {
  std::vector<std::string> names;
  for (const auto& [name, tensor] : learner.model()) {
    if (!at::equal(tensor, before.at(name))) names.push_back(name);
  }
  return names;
}

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
    const auto before = copy_of(learner);
    const auto losses = learner.train_batch(phases[k], batch(0, 16, 2));
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
  const auto b = batch(8, 16, 2);
  const auto losses = parallel.train_batch(parallel.phases()[0], b);
  CHECK(losses.numel() == 3);

  // All activations first, with the initial weights; then the layers in reverse order.
  auto sequential = by_hand.phases()[0];
  for (std::int64_t k = 2; k >= 0; --k) {
    sequential.layer = k;
    by_hand.train_batch(sequential, b);
  }
  for (const auto& [name, tensor] : parallel.model()) {
    INFO(name);
    CHECK(at::equal(tensor, by_hand.model().at(name)));
  }
}

TEST_CASE("no layer's loss leaves a gradient at another layer") {
  ff::PythonRandom random(0);
  FFLearner learner(small("sequential"), ff::test::toy_images(64, 1), random);
  learner.train_batch(learner.phases()[1], batch(0, 16, 2));
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
          for (std::int64_t i = 0; i < 300; i += 30) learner.train_batch(phase, batch(i, 30, 2));
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

TEST_CASE("paired negatives share one order of the images") {
  auto options = small("parallel");
  ff::PythonRandom random(0);
  CHECK(FFLearner(options, ff::test::toy_images(30, 1), random).streams() == 2);
  options.negatives.pairing = "paired";
  CHECK(FFLearner(options, ff::test::toy_images(30, 1), random).streams() == 1);
}

namespace {

// Hinton's way: hard negatives from a head on all layers but the first.
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
        auto b = batch(i, size, static_cast<int>(learner.streams()));
        b.indices.back() = (b.indices.back() + 7 * (learner.streams() - 1)) % images;
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
      // Without a head hybrids cannot be had: there, a head that hardly moves stands for none.
      if (!head && own.negatives.type == "hybrid") {
        own = options;
        own.head.optimizer.learning_rate = 1e-12;
      }
      ff::PythonRandom random(0);
      at::manual_seed(5);
      FFLearner learner(own, images, random);
      train(learner, 3, 120, 30);
      auto model = copy_of(learner);
      model.erase("head.weight");
      return model;
    };
    const auto with = layers_after(true), without = layers_after(false);
    REQUIRE(with.size() == without.size());
    for (const auto& [name, tensor] : with) {
      INFO(negatives << " " << name);
      CHECK(at::equal(tensor, without.at(name)));
    }
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
  const auto before = copy_of(learner);
  CHECK(learner.train_batch(phases.back(), batch(0, 30, 1)).numel() == 1);
  CHECK(changed(before, learner) == std::vector<std::string>{"head.weight"});
}

TEST_CASE("a head sees what the layers made of the images before a step changed them") {
  auto options = with_head("hybrid");
  ff::PythonRandom random(0);
  const auto images = ff::test::toy_images(60, 1);
  at::manual_seed(5);
  FFLearner learner(options, images, random);
  const auto b = batch(0, 30, 2);
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
  ff::copy_into(other.model(), copy_of(learner));
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
          "negatives.type: hard-label draws labels that a head finds likely; set head.type");
  options = with_head("hard-label");
  options.negatives.pairing = "independent";
  refused(options, "negatives.pairing: hard labels are drawn for the images of the batch");
  options = with_head("hard-label");
  options.schedule.type = "sequential";
  refused(options, "head.train: along is for schedule.type parallel");
  options = with_head("hard-label");
  options.head.layers = {.all = false, .list = {3}};
  refused(options, "head.layers: there is no layer 3; allowed: 0 to 2");

  options = with_head("hybrid");
  options.predict.by = "goodness";
  refused(options, "predict.by: goodness tries every label, but with negatives.type hybrid");
  options = with_head("hybrid");
  options.head.type = "none";
  refused(options, "hybrid trains without labels, so only a head can tell classes");
  options = with_head("hybrid");
  options.negatives.pairing = "paired";
  refused(options, "negatives.pairing: hybrid mixes two orders of the images");

  options = small("parallel");
  options.loss.type = "symba";
  refused(options, "loss.type: symba compares a negative with the positive of the same image");
  options = small("parallel");
  options.predict.by = "head";
  refused(options, "predict.by: there is no head to predict with");
  options = small("parallel");
  options.augment.shift = 4;
  refused(options, "augment.shift: 4 pixels can leave nothing of an image of 4 x 6");
}
