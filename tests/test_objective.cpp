// Objectives without negatives: scores, gradients, locality.
#include <ATen/Functions.h>

#include "ff/forward_forward/objective_learner.h"
#include "ff/forward_forward/objectives/class_channels.h"
#include "ff/forward_forward/objectives/class_weights.h"
#include "ff/forward_forward/objectives/projection.h"
#include "ff/forward_forward/objectives/random_projection.h"
#include "tests/block_networks.h"
#include "tests/catch.h"
#include "tests/close.h"
#include "tests/stream.h"
#include "tests/toy.h"

using ff::ObjectiveBlock;
using ff::ObjectiveLearner;
using ff::ObjectiveLearnerOptions;
using ff::test::AllClose;
using ff::test::copies;
using ff::test::kNorm;
using ff::test::kPool;
using ff::test::kRelu;
using ff::test::kTanh;
using ff::test::linear;

namespace {

// Its channels divide among three classes.
const ff::LayerOptions kConv6 = {.type = "conv", .channels = 6, .kernel = 3, .padding = 1};

ff::ObjectiveOptions objective(const std::string& type) {
  return {.type = type,
          .label_smoothing = 0.1,
          .own = {{"maps", std::int64_t{2}}, {"initial_temperature", 0.5}}};
}

std::vector<std::string> supervised() {
  auto names = ff::ObjectiveOptions::names();
  names.erase(names.begin());
  return names;
}

ObjectiveLearnerOptions small(const std::string& type, const std::string& schedule = "parallel") {
  ObjectiveLearnerOptions options;
  options.model.layers = {kConv6, kNorm, kRelu, kPool, linear(9), kNorm, kTanh, linear(6)};
  options.objective = objective(type);
  options.schedule.type = schedule;
  options.optimizer.learning_rate = 0.02;
  return options;
}

ObjectiveLearner learner_of(const ObjectiveLearnerOptions& options, ff::DataInfo info) {
  at::manual_seed(2);
  return ObjectiveLearner(options, std::move(info));
}

ff::Batch batch(const ff::ImageSet& images, std::int64_t begin, std::int64_t size) {
  return ff::resident_batch(std::make_shared<const ff::ImageSet>(images),
                            {at::arange(begin, begin + size, at::kLong)});
}

ff::TensorDict everything(const ObjectiveLearner& learner) {
  auto all = copies(learner.model());
  ff::merge(all, "state.", copies(learner.training_state()));
  return all;
}

}  // namespace

TEST_CASE("A class's score is the goodness of its channels", "[objective]") {
  at::manual_seed(1);
  const ff::ObjectivePlace place{.shape = {6, 2, 5}, .classes = 3};
  const auto h = at::randn({4, 6, 2, 5}, at::kDouble);
  for (const bool squares : {true, false}) {
    const auto scores = ff::ClassChannels(squares, /*temperature=*/0.5, place).scores(h);
    REQUIRE(scores.sizes() == at::IntArrayRef({4, 3}));
    for (std::int64_t n = 0; n < 4; ++n) {
      for (std::int64_t k = 0; k < 3; ++k) {
        const auto own = h[n].slice(/*dim=*/0, 2 * k, 2 * k + 2);
        const auto want = (squares ? own * own : own).sum().item<double>() / (2 * 2 * 5) / 0.5;
        CHECK(scores[n][k].item<double>() == Approx(want));
      }
    }
  }
}

TEST_CASE("With one channel per class and one position, DeeperForward's goodness is the logits",
          "[objective]") {
  at::manual_seed(1);
  ff::ClassChannels objective(/*squares=*/false, 1, {.shape = {5, 1, 1}, .classes = 5});
  const auto h = at::randn({7, 5}), labels = at::randint(0, 5, {7}, at::kLong);
  CHECK(at::equal(objective.scores(h), h));
  CHECK(at::equal(objective.scores(h.view({7, 5, 1, 1})), h));
  CHECK_THAT(objective.loss(h, labels), AllClose(at::cross_entropy_loss(h, labels), 1e-6, 0));
  ff::ClassChannels squares(/*squares=*/true, 1, {.shape = {5, 1, 1}, .classes = 5});
  CHECK(at::equal(squares.scores(h), h * h));
}

TEST_CASE("Channels that cannot be divided among the classes are refused", "[objective]") {
  const auto refused = [](std::int64_t channels) {
    auto options = small("class-channels");
    options.model.layers[4].width = channels;
    try {
      learner_of(options, ff::test::toy_images(20, 1));
    } catch (const ff::OptionError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  CHECK(refused(8) ==
        "model.layers[4]: objective.type class-channels divides the channels among the classes, "
        "but 8 is not a multiple of 3; allowed: 6, 9 and other multiples");
  CHECK_THAT(refused(2), ContainsSubstring("allowed: 3 and other multiples"));
  CHECK(refused(9).empty());
}

TEST_CASE("A projection pools large maps, and leaves small ones and vectors alone", "[objective]") {
  at::manual_seed(1);
  ff::Projection pooled(/*side=*/2, {.shape = {3, 4, 6}, .classes = 5});
  const auto h = at::randn({2, 3, 4, 6});
  REQUIRE(pooled.weight.sizes() == at::IntArrayRef({5, 3 * 2 * 2}));
  const auto maps = h.view({2, 3, 2, 2, 2, 3}).mean(at::IntArrayRef({3, 5}));
  CHECK_THAT(pooled.scores(h), AllClose(at::mm(maps.flatten(1), pooled.weight.t()), 1e-5, 1e-6));
  ff::Projection low(/*side=*/2, {.shape = {3, 1, 2}, .classes = 5});
  const auto row = at::randn({2, 3, 1, 2});
  CHECK_THAT(low.scores(row), AllClose(at::mm(row.flatten(1), low.weight.t()), 1e-5, 1e-6));
  ff::Projection flat(/*side=*/4, {.shape = {.channels = 8}, .classes = 5});
  const auto vectors = at::randn({2, 8});
  CHECK_THAT(flat.scores(vectors), AllClose(at::mm(vectors, flat.weight.t()), 1e-5, 1e-6));
}

TEST_CASE("Patch-wise goodness is projected by a matrix that never learns", "[objective]") {
  at::manual_seed(1);
  // 12 / 3 channels give 4 x 4 positions, of which the maps of height 2 have 2 x 4.
  ff::RandomProjection objective(/*channels_times_side=*/12, {.shape = {3, 2, 8}, .classes = 5});
  const auto h = at::randn({2, 3, 2, 8});
  const auto goodness = h.pow(2).view({2, 3, 2, 4, 2}).mean(/*dim=*/4).flatten(1);
  CHECK_THAT(objective.scores(h),
             AllClose(at::mm(goodness, objective.weight.t()) + objective.bias, 1e-5, 1e-5));
  CHECK(objective.parameters().empty());
  CHECK(objective.buffers().size() == 2);
  ff::RandomProjection wide(/*channels_times_side=*/2, {.shape = {3, 2, 8}, .classes = 5});
  CHECK(wide.weight.sizes() == at::IntArrayRef({5, 3}));
}

TEST_CASE("A channel's shares in the classes sharpen with the epochs", "[objective]") {
  at::manual_seed(1);
  const ff::ClassWeightsOptions options{.initial_temperature = 2, .temperature_decay = 0.5};
  ff::ClassWeights objective(options, {.shape = {2, 1, 3}, .classes = 2});
  ff::copy_into({{"w", objective.weight}},
                {{"w", at::tensor({1.0F, 0.0F, 0.0F, 3.0F}).view({2, 2})}});
  const auto h = at::rand({4, 2, 1, 3});
  const auto maps = h.flatten(2);
  const auto pooled = 0.94 * maps.mean(2) + 0.06 * maps.amax(2) - 0.05 * maps.amin(2);
  for (const std::int64_t epoch : {0, 2}) {
    objective.enter_epoch(epoch);
    const auto shares = (objective.weight / (epoch == 0 ? 2 : 0.5)).softmax(1);
    CHECK_THAT(objective.scores(h), AllClose(at::mm(pooled, shares), 1e-5, 1e-6));
  }
  const auto labels = at::randint(0, 2, {4}, at::kLong);
  const auto shares = (objective.weight / 0.5).softmax(1);
  const auto unit = shares / shares.norm(2, at::IntArrayRef({0}), /*keepdim=*/true);
  const auto want = at::cross_entropy_loss(objective.scores(h), labels) -
                    1e-2 * (shares * shares.log()).sum() / 2 +
                    1e-3 * (2.0 / 50) * (at::mm(unit.t(), unit) - at::eye(2)).pow(2).mean() / 8;
  CHECK_THAT(objective.loss(h, labels), AllClose(want, 1e-6, 0));
}

TEST_CASE("Label smoothing spreads the target over all classes", "[objective]") {
  at::manual_seed(1);
  ff::ClassChannels objective(/*squares=*/false, 1, {.shape = {5, 1, 1}, .classes = 5});
  objective.label_smoothing = 0.2;
  const auto h = at::randn({7, 5}), labels = at::randint(0, 5, {7}, at::kLong);
  const auto target = at::one_hot(labels, 5) * 0.8 + 0.2 / 5;
  const auto want = -(target * h.log_softmax(1)).sum(1).mean();
  CHECK_THAT(objective.loss(h, labels), AllClose(want, 1e-6, 0));
}

TEST_CASE("An objective's gradient is that of central differences", "[objective]") {
  at::manual_seed(3);
  const auto labels = at::randint(0, 3, {5}, at::kLong);
  for (const auto& type : supervised()) {
    for (const bool image : {true, false}) {
      INFO(type << (image ? ", image" : ", vector"));
      ObjectiveBlock block(
          ff::BlockBodyOptions{.layers = image ? std::vector{kConv6, kNorm, kTanh, kPool}
                                               : std::vector{linear(6), kTanh},
                               .input = {2, 4, 5}});
      block->set_objective(
          ff::make_objective(objective(type), {.shape = block->output_shape(), .classes = 3}));
      block->objective().enter_epoch(30);  // where every term of every loss counts
      block->to(at::kDouble);
      const auto x = at::randn({5, 40}, at::kDouble);
      block->loss(x, labels).backward();
      for (const auto& item : block->named_parameters()) {
        INFO(item.key());
        const auto want = ff::test::central_differences(
            [&] { return block->loss(x, labels).item<double>(); }, item.value().detach());
        CHECK_THAT(item.value().grad(), AllClose(want, 1e-6, 1e-8));
      }
    }
  }
}

TEST_CASE("The gradient of a block's objective is zero at every other block", "[objective]") {
  const auto images = ff::test::toy_images(30, 5);
  for (const auto& type : supervised()) {
    INFO(type);
    auto learner = learner_of(small(type), images);
    auto& layers = learner.network->layers;
    const auto labels = images.labels.slice(/*dim=*/0, 0, 10);
    for (std::size_t k = 0; k < layers.size(); ++k) {
      learner.network->zero_grad();
      // With a graph through the blocks below: only the block's own detachment can end it.
      auto x = images.rows(0, 10);
      for (std::size_t l = 0; l < k; ++l) x = layers[l]->forward(x, ff::Pass::kProbe);
      CHECK(x.requires_grad() == (k > 0));
      const auto step = layers[k]->train_step(x, labels);
      CHECK_FALSE(step.activations.requires_grad());
      for (std::size_t j = 0; j < layers.size(); ++j) {
        for (const auto& item : layers[j]->named_parameters()) {
          INFO(k << " " << j << " " << item.key());
          const auto gradient = item.value().grad();
          CHECK(gradient.defined() == (j == k));
          const bool zero = !gradient.defined() || (gradient == 0).all().item<bool>();
          if (j != k) CHECK(zero);
        }
      }
    }
  }
}

TEST_CASE("In a step of all blocks, each moves as it does alone", "[objective]") {
  const auto images = ff::test::toy_images(30, 5);
  for (const auto& type : supervised()) {
    INFO(type);
    auto together = learner_of(small(type), images), apart = learner_of(small(type), images);
    const auto losses =
        together.train_batch(together.phases()[0], batch(images, 0, 10)).to(at::kDouble);
    REQUIRE(losses.numel() == 3);
    auto x = images.rows(0, 10);
    const auto labels = images.labels.slice(/*dim=*/0, 0, 10);
    for (auto& block : apart.network->layers) x = block->train_step(x, labels).activations;
    apart.training_state().at("batches_done").fill_(1);  // the learner's count, not the blocks'
    ff::test::check_same_bits(everything(together), everything(apart));
  }
}

TEST_CASE("The rate of a schedule falls with every batch, and goes on where it stopped",
          "[objective]") {
  const auto images = ff::test::toy_images(100, 5);
  auto options = small("class-channels");
  options.batch_size = 20;  // 5 batches an epoch
  options.schedule.epochs = 4;
  options.optimizer.schedule = "cosine";
  auto learner = learner_of(options, images);
  const auto phase = learner.phases()[0];
  const auto rate = [&] {
    return learner.training_state().at("layers.1.rate_factor").item<double>();
  };
  learner.begin_epoch(false);
  learner.enter_epoch(phase, 1);
  for (int b = 0; b < 3; ++b) {
    learner.train_batch(phase, batch(images, 20 * b, 20));
    CHECK(rate() == Approx(ff::lr_scale(options.optimizer, 1 + b / 5.0, 4)));
  }
  auto other = learner_of(options, images);
  ff::copy_into(other.model(), copies(learner.model()));
  ff::copy_into(other.training_state(), copies(learner.training_state()));
  other.enter_epoch(phase, 1);  // resumed within the epoch: no begin_epoch
  for (auto* one : {&learner, &other}) one->train_batch(phase, batch(images, 60, 20));
  CHECK(rate() == Approx(ff::lr_scale(options.optimizer, 1.6, 4)));
  ff::test::check_same_bits(everything(other), everything(learner));
}

TEST_CASE("Layer by layer, only the layer of the phase moves", "[objective]") {
  const auto images = ff::test::toy_images(30, 5);
  auto learner = learner_of(small("projection", "sequential"), images);
  const auto phases = learner.phases();
  REQUIRE(phases.size() == 3);
  const auto before = copies(learner.model());
  CHECK(learner.train_batch(phases[1], batch(images, 0, 10)).numel() == 1);
  for (const auto& [name, tensor] : learner.model()) {
    INFO(name);
    CHECK(at::equal(tensor, before.at(name)) == !name.starts_with("layers.1."));
  }
}

TEST_CASE("Every objective learns the toy images, in every block", "[objective]") {
  const auto images = ff::test::toy_images(120, 5);
  for (const auto& type : supervised()) {
    for (const auto* schedule : {"parallel", "sequential"}) {
      CAPTURE(type, schedule);
      auto learner = learner_of(small(type, schedule), images);
      for (const auto& phase : learner.phases()) {
        for (int step = 0; step < 150; ++step) {
          learner.train_batch(phase, batch(images, step * 20 % 120, 20));
        }
      }
      const auto scores = learner.scores(images.rows(0, 120));
      REQUIRE(scores.by_layer.sizes() == at::IntArrayRef({120, 3, 3}));
      for (std::int64_t l = 0; l < 3; ++l) {
        const auto right = scores.by_layer.select(2, l).argmax(1) == images.labels;
        CHECK(right.to(at::kDouble).mean().item<double>() > 0.7);  // chance: 0.33
      }
      CHECK_THAT(scores.classes, AllClose(scores.by_layer.mean(2), 1e-6, 1e-7));
      learner.predict_with({1});
      CHECK(at::equal(learner.scores(images.rows(0, 120)).classes, scores.by_layer.select(2, 1)));
    }
  }
}

TEST_CASE("All objectives start from the same layers", "[objective]") {
  const auto images = ff::test::toy_images(30, 5);
  const auto want = learner_of(small("class-channels"), images).model();
  const auto got = learner_of(small("projection"), images).model();
  for (const auto& [name, tensor] : want) CHECK(at::equal(got.at(name), tensor));
  CHECK(got.contains("layers.0.objective.weight"));
  CHECK_FALSE(at::equal(got.at("layers.1.objective.weight").flatten().slice(0, 0, 18),
                        got.at("layers.2.objective.weight").flatten().slice(0, 0, 18)));
}

TEST_CASE("An objective learns the same from a stream", "[objective][stream]") {
  const auto images = ff::test::toy_images(70, 1);
  auto options = small("projection");
  options.augment = {.shift = 1, .flip = true};
  auto resident = learner_of(options, images);
  ff::test::train_resident(resident, 16, 12);
  auto streamed = learner_of(options, ff::test::stream_of(images));
  ff::test::train_stream(streamed, images, 16, 12);
  ff::test::check_same_bits(everything(streamed), everything(resident));
  CHECK_THROWS_WITH(learner_of(small("projection", "sequential"), ff::test::stream_of(images)),
                    ContainsSubstring("schedule.type: sequential passes over the training set"));
}

TEST_CASE("Measures of objectives change nothing; the last block's gradient is backpropagation's",
          "[objective][measures]") {
  const auto images = ff::test::toy_images(30, 5);
  auto options = small("projection");
  options.objective.label_smoothing = 0;
  options.model.layers = {linear(9), kTanh, linear(6), kTanh};
  options.predict.layers = {.all = false, .list = {1}};
  auto learner = learner_of(options, images);
  const auto before = everything(learner);
  const auto found = learner.measures({batch(images, 0, 20)});
  ff::test::check_same_bits(everything(learner), before);
  CHECK(found.at("angle")[1] < 0.1);
  CHECK(found.at("norm_ratio")[1] == Approx(1).epsilon(1e-4));
  CHECK(found.at("angle")[0] > 5);
}
