#include "baselines/local_learner.h"
#include "baselines/local_similarity.h"
#include "tests/small_mlp.h"

using ff::LayerOptions;
using ff::Pass;
using ff::baselines::LocalLearner;
using ff::baselines::LocalRule;
using ff::test::six_labels;

namespace {

const std::vector<LocalRule> kRules = {
    {.name = "pred"},
    {.name = "sim"},
    {.name = "predsim", .local = {.beta = 0.7}},
    {.name = "greedy", .auxiliary = {.hidden_layers = 2, .width = 5, .batch_norm = "affine"}}};

// A network with convolution, normalisation and pooling for images (1, 6, 5).
std::vector<LayerOptions> block_cnn() {
  return {{.type = "conv", .channels = 4, .kernel = 3, .padding = 1},
          {.type = "batch-norm"},
          {.type = "tanh"},
          {.type = "max-pool", .kernel = 2},
          {.type = "linear", .width = 6},
          {.type = "tanh"},
          {.type = "linear", .width = 3}};
}

LocalLearner learner_of(const LocalRule& rule, std::vector<LayerOptions> layers) {
  at::manual_seed(3);
  const ff::ImageSet images(
      at::randint(0, 256, {6, 1, 6, 5}, at::kByte), six_labels(), 3, {{0.5}, {0.5}});
  LocalLearner learner(rule, {.layers = std::move(layers), .optimizer = {.type = "sgd"}}, images);
  return learner;
}

// Returns all tensors with a gradient, by name.
ff::TensorDict parameters_of(const LocalLearner& learner) {
  auto all = learner.model();
  for (const auto& [name, tensor] : learner.training_state()) {
    if (name.starts_with("local.")) all[name] = tensor;
  }
  return all;
}

void to_double(const ff::TensorDict& tensors) {
  for (const auto& [name, tensor] : tensors) {
    if (tensor.is_floating_point()) {
      const_cast<at::Tensor&>(tensor).set_data(tensor.detach().to(at::kDouble));
    }
  }
}

}  // namespace

TEST_CASE("every local gradient is the slope of its own block's loss", "[local]") {
  const auto rows = at::randn({6, 30}, at::kDouble);
  for (const auto& rule : kRules) {
    for (const bool conv : {false, true}) {
      CAPTURE(rule.name, conv);
      auto learner = learner_of(rule, conv ? block_cnn() : ff::mlp_layers({5, 4, 3}, "tanh"));
      to_double(parameters_of(learner));
      at::NoGradGuard no_grad;
      // The initial weights are zero, which could hide an error in the layers behind them.
      for (const auto& [name, tensor] : parameters_of(learner)) {
        if (name.ends_with("weight")) tensor.add_(at::randn_like(tensor), 0.1);
      }
      const auto found = [&] {
        at::AutoGradMode grad(true);
        return learner.gradient(rows, six_labels(), Pass::kProbe);
      }();
      REQUIRE(found.loss.numel() == 3);
      for (const auto& [name, tensor] : parameters_of(learner)) {
        if (name.find("running") != std::string::npos) continue;
        INFO(name);
        // "layers.1.weight" and "local.1.0.weight" belong to block 1; norms belong to block 0.
        const auto first = name.find('.') + 1;
        const auto block = name.starts_with("norms") ? 0 : std::stoll(name.substr(first));
        const auto slope = ff::test::central_differences(
            [&] {
              at::AutoGradMode grad(true);
              return learner.gradient(rows, six_labels(), Pass::kProbe).loss[block].item<double>();
            },
            tensor.detach());
        CHECK_THAT(found.by_name.at(name), ff::test::AllClose(slope, 1e-5, 1e-8));
      }
    }
  }
}

TEST_CASE("a block's gradient is the same whatever stands above it", "[local]") {
  const auto rows = at::randn({6, 30});
  for (const auto& rule : kRules) {
    INFO(rule.name);
    auto learner = learner_of(rule, ff::mlp_layers({5, 4, 3}, "relu"));
    const auto before = learner.gradient(rows, six_labels(), Pass::kProbe).by_name;
    for (const auto& [name, tensor] : parameters_of(learner)) {
      if (name.starts_with("layers.1") || name.starts_with("layers.2") ||
          name.starts_with("local.1")) {
        tensor.detach().add_(1);
      }
    }
    const auto after = learner.gradient(rows, six_labels(), Pass::kProbe).by_name;
    for (const auto& [name, tensor] : before) {
      INFO(name);
      if (name.starts_with("layers.0") || name.starts_with("local.0")) {
        CHECK(at::equal(after.at(name), tensor));
      }
    }
  }
}

TEST_CASE("greedy learning layer by layer moves that layer alone", "[local]") {
  auto rule = kRules.back();
  rule.sequential = true;
  auto learner = learner_of(rule, ff::mlp_layers({5, 4, 3}, "relu", "affine"));
  const auto phases = learner.phases();
  REQUIRE(phases.size() == 3);
  for (const auto& phase : phases) {
    ff::TensorDict before;
    for (const auto& [name, tensor] : parameters_of(learner)) before[name] = tensor.clone();
    learner.train_batch(phase,
                        ff::resident_batch(learner.info().resident, {at::arange(6, at::kLong)}));
    const auto own = std::to_string(phase.layer);
    for (const auto& [name, tensor] : parameters_of(learner)) {
      CAPTURE(phase.name, name);
      const bool is_own = name.starts_with("layers." + own) || name.starts_with("norms." + own) ||
                          name.starts_with("local." + own);
      // A bias followed by a normalisation has a zero gradient, except for rounding.
      if (is_own && name.ends_with(".bias")) continue;
      CHECK(at::equal(tensor, before.at(name)) != is_own);
    }
  }
}

TEST_CASE("all blocks at once have the gradients that they have one by one", "[local]") {
  auto rule = kRules.back();
  auto together = learner_of(rule, ff::mlp_layers({5, 4, 3}, "relu"));
  rule.sequential = true;
  auto apart = learner_of(rule, ff::mlp_layers({5, 4, 3}, "relu"));
  const auto batch = ff::resident_batch(together.info().resident, {at::arange(6, at::kLong)});
  together.train_batch(together.phases()[0], batch);
  // The first block's step is the same in both schedules; the other blocks see it already updated.
  apart.train_batch(apart.phases()[0], batch);
  for (const auto& [name, tensor] : parameters_of(together)) {
    INFO(name);
    if (name.starts_with("layers.0") || name.starts_with("local.0")) {
      CHECK(at::equal(tensor, parameters_of(apart).at(name)));
    }
  }
}

TEST_CASE("pred and its kin begin with zero classifiers, greedy does not", "[local]") {
  for (const auto& rule : kRules) {
    INFO(rule.name);
    const auto learner = learner_of(rule, ff::mlp_layers({5, 4, 3}, "relu"));
    const auto is_zero = [](const at::Tensor& t) { return t.abs().max().item<double>() == 0; };
    CHECK(is_zero(learner.network->layers.back()->weight) == (rule.name != "greedy"));
    CHECK_FALSE(is_zero(learner.network->layers.front()->weight));
    const auto name =
        rule.name == "greedy" ? "local.0.0.layers.2.weight" : "local.0.0.layers.0.weight";
    if (rule.name != "sim")
      CHECK(is_zero(parameters_of(learner).at(name)) == (rule.name != "greedy"));
  }
}

TEST_CASE("similarity is the cosine of rows less their mean", "[local]") {
  const auto x =
      at::tensor({1.0, 2.0, 3.0, 3.0, 2.0, 1.0, 7.0, 8.0, 9.0, 0.0, 3.0, 0.0}).view({4, 3});
  const auto s = ff::baselines::similarity(x);
  CHECK(s[0][1].item<double>() == Approx(-1));
  CHECK(s[0][2].item<double>() == Approx(1));
  CHECK(s[0][3].item<double>() == Approx(0).margin(1e-6));
  // Samples of the same class have similarity 1, of different classes -1/(C - 1).
  const auto classes =
      ff::baselines::similarity(at::one_hot(at::tensor({0, 0, 2}, at::kLong), 4).to(at::kDouble));
  CHECK(classes[0][1].item<double>() == Approx(1));
  CHECK(classes[0][2].item<double>() == Approx(-1.0 / 3));
  // For maps with more than three channels, the features of a sample are the standard deviations of
  // its channels.
  at::manual_seed(1);
  const auto maps = at::randn({5, 4, 3, 3}, at::kDouble);
  CHECK_THAT(ff::baselines::similarity(maps),
             ff::test::AllClose(ff::baselines::similarity(maps.flatten(2).std(2)), 1e-12, 1e-12));
}

TEST_CASE("units that are all the same leave the similarity loss a number", "[local]") {
  at::manual_seed(0);
  const ff::baselines::LocalSimilarity loss({4, 1, 1}, 3);
  const auto h = at::zeros({6, 4}).requires_grad_();
  const auto value = loss.loss(h, six_labels(), Pass::kTrain);
  value.backward();
  CHECK(std::isfinite(value.item<double>()));
  CHECK(at::isfinite(h.grad()).all().item<bool>());
}

TEST_CASE("a classifier's maps are averaged down to its limit", "[local]") {
  using ff::baselines::LocalPrediction;
  const auto inputs = [](const LocalPrediction::Options& options) {
    const LocalPrediction prediction(options, {4, 6, 6}, 3);
    CHECK(prediction.scores(at::randn({2, 4, 6, 6})).sizes() == at::IntArrayRef({2, 3}));
    return prediction.classifier->layers[0]->weight.size(1);
  };
  const ff::baselines::AuxiliaryOptions linear{.hidden_layers = 0};
  CHECK(inputs({.most_inputs = 200, .classifier = linear}) == 4 * 36);
  CHECK(inputs({.most_inputs = 100, .classifier = linear}) == 4 * 25);
  CHECK(inputs({.most_inputs = 1, .classifier = linear}) == 4);
  CHECK(inputs({.pooling = ff::baselines::Pooling::kToTwo, .classifier = linear}) == 16);
}

TEST_CASE("classifiers of blocks score by layer, the last layer is the prediction", "[local]") {
  const auto rows = at::randn({6, 30});
  for (const auto& rule : kRules) {
    INFO(rule.name);
    auto learner = learner_of(rule, ff::mlp_layers({5, 4, 3}, "relu"));
    const auto scores = learner.scores(rows);
    CHECK(at::equal(scores.classes, learner.network->forward(rows, Pass::kEvaluate)));
    REQUIRE(scores.by_layer.defined() == (rule.name != "sim"));
    if (rule.name == "sim") continue;
    CHECK(scores.by_layer.sizes() == at::IntArrayRef({6, 3, 3}));
    CHECK(at::equal(scores.by_layer.select(2, 2), scores.classes));
  }
}
