// More classes than an image row has pixels, as in EMNIST with 47: both engines compared with
// float64 autograd, and a learner with each.
#include <ATen/Functions.h>

#include "ff/forward_forward/engines/cpu/goodness_engine.h"
#include "ff/forward_forward/goodness_learner.h"
#include "tests/close.h"
#include "tests/gpu_networks.h"
#include "tests/list_epoch.h"
#include "tests/step_difference.h"

using namespace ff::test;

namespace {

constexpr std::int64_t kMany = 47, kRows = 9, kColumns = 7, kSide = kRows * kColumns;
constexpr std::int64_t kCount = 60;
static_assert(kMany > kColumns && kMany < kSide);

ff::ImageSet many_images() {
  at::manual_seed(4);
  const auto images = at::randint(0, 256, {kCount, 1, kRows, kColumns}, at::kByte);
  return {images, at::arange(kCount, at::kLong).remainder(kMany), kMany, {{0.5}, {0.5}}};
}

const ff::LabelOverlay& many_labels() {
  static const ff::LabelOverlay overlay(kMany, kSide, kLabelValue, 0.1);
  return overlay;
}

ff::FFNetwork many_network(const Recipe& recipe, const at::Device& place = at::kCPU) {
  at::manual_seed(6);
  ff::FFNetwork network(kSide, recipe.model, recipe.loss, recipe.optimizer);
  network->to(place, at::kDouble);
  // after the conversion, so that its state is float64
  for (auto& layer : network->layers) layer->set_optimizer(recipe.optimizer);
  return network;
}

at::Tensor labelled(const ff::ImageSet& images, const at::Tensor& indices, const at::Tensor& all) {
  auto rows = images.rows(indices).to(at::kDouble);
  many_labels().write_(rows, all.index_select(0, indices));
  return rows;
}

// Returns the goodness for every label, with each label written into the images separately.
at::Tensor label_by_label(ff::FFNetwork& network, const at::Tensor& rows) {
  at::NoGradGuard no_grad;
  std::vector<at::Tensor> by_label;
  for (std::int64_t label = 0; label < kMany; ++label) {
    auto x = rows.clone();
    x.slice(1, 0, kMany).zero_();
    x.select(1, label).fill_(kLabelValue);
    std::vector<at::Tensor> by_layer;
    for (auto& layer : network->layers) {
      x = layer->forward(x);
      by_layer.push_back(layer->goodness(x));
    }
    by_label.push_back(at::stack(by_layer, 1));
  }
  return at::stack(by_label, 1);
}

}  // namespace

TEST_CASE("a label beyond the first row goes into the pixels below it", "[ff]") {
  auto rows = at::full({1, kSide}, -1.0, at::kDouble);
  many_labels().write_(rows, std::int64_t{46});
  const auto image = rows.view({kRows, kColumns});
  CHECK(image[6][4].item<double>() == kLabelValue);
  CHECK(image.slice(0, 0, 6).eq(0).all().item<bool>());
  CHECK(image[6].slice(0, 0, 4).eq(0).all().item<bool>());
  CHECK(image[6].slice(0, 5).eq(-1).all().item<bool>());
  CHECK(image.slice(0, 7).eq(-1).all().item<bool>());
  CHECK_THROWS_WITH(ff::LabelOverlay(64, kSide, 1, 0),
                    ContainsSubstring("64 classes do not fit into an image of 63 pixels"));
}

TEST_CASE("the fused engine sweeps 47 labels on 7 columns as autograd does", "[fused]") {
  const auto recipe = base_recipe();
  const auto images = many_images();
  const auto rows = images.rows(0, kCount).to(at::kDouble);
  for (const bool background : {false, true}) {
    auto network = many_network(recipe);
    ff::fused::FFEngine<double> engine(
        network,
        recipe.model,
        recipe.loss,
        recipe.optimizer,
        /*rows=*/16,
        background ? ff::fused::Background(rows[0][0].item<double>()) : std::nullopt);
    const auto want = label_by_label(network, rows);
    CHECK_THAT(engine.goodness_by_label(rows, many_labels()), AllClose(want, 1e-12, 1e-13));
    CHECK_THAT(network->goodness_by_label(rows, many_labels()), AllClose(want, 1e-12, 1e-13));
  }
}

FF_BENCH_TEST("a step and a sweep on a GPU with 47 classes on 7 columns are autograd's", "[gpu]") {
  const auto recipe = base_recipe();
  const auto images = many_images();
  const auto wrong = (images.labels + 5).remainder(kMany);
  auto truth = many_network(recipe), network = many_network(recipe, bench.place());
  std::vector<ff::gpu::TrainerMember> members = {
      {network, recipe.optimizer, {bench.put(wrong), many_labels()}}};
  const auto training = ff::gpu::make_ff_trainer(
      bench.device(),
      {.model = recipe.model, .loss = recipe.loss, .batch_size = kGpuBatch, .streams = 2},
      std::move(members),
      images.to(bench.place()));
  const auto pos = at::arange(41, 41 + kGpuBatch, at::kLong);  // labels 41 to 46
  const auto neg = at::arange(30, 30 + kGpuBatch, at::kLong);
  ListEpoch epoch({pos, neg}, kGpuBatch);
  training->train_epoch({"all layers", 1}, {&epoch});
  const auto losses = step_by_autograd(
      truth, -1, labelled(images, pos, images.labels), labelled(images, neg, wrong));
  CHECK_THAT(epoch.losses.at(0)[0], AllClose(at::tensor(losses, at::kDouble), 1e-12, 1e-12));
  const auto trained = copies(tensors_of(network));
  for (const auto& [name, tensor] : copies(tensors_of(truth))) {
    INFO(name);
    CHECK_THAT(trained.at(name), AllClose(tensor, 1e-9, 1e-12));
  }
  const auto rows = images.rows(0, kCount).to(at::kDouble);
  CHECK_THAT(training->goodness_by_label(0, bench.put(rows)).cpu(),
             AllClose(label_by_label(truth, rows), 1e-9, 1e-12));
}

TEST_CASE("both engines train on 47 classes and 7 columns alike", "[fused]") {
  std::vector<at::Tensor> scores;
  for (const auto* engine : {"autograd", "fused"}) {
    ff::FFLearnerOptions options;
    options.model.widths = {12, 8};
    // Adam would amplify rounding errors
    options.optimizer = {.type = "sgd", .learning_rate = 0.05};
    options.engine = engine;
    at::manual_seed(9);
    ff::PythonRandom random(9);
    ff::FFLearner learner(options, many_images(), random);
    const auto phase = learner.phases().front();
    const auto batch = ff::resident_batch(
        learner.info().resident, {at::arange(20, at::kLong), at::arange(20, 40, at::kLong)});
    for (int step = 0; step < 3; ++step) learner.train_batch(phase, batch);
    scores.push_back(learner.scores(many_images().rows(0, kCount)).by_layer);
    CHECK(scores.back().sizes() == at::IntArrayRef({kCount, kMany, 2}));
  }
  CHECK_THAT(scores[1], AllClose(scores[0], 1e-3, 1e-4));
}
