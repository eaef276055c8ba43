// The engine for GPUs, on the host that emulates one, against autograd in float64.
#include <ATen/Functions.h>

#include "ff/activation.h"
#include "ff/choice.h"
#include "ff/fused/ff_engine.h"
#include "ff/gpu/ff_trainer.h"
#include "tests/close.h"
#include "tests/kernel_bench.h"
#include "tests/list_epoch.h"
#include "tests/step_difference.h"
#include "tests/toy.h"

using ff::test::AllClose;
using ff::test::copies;
using ff::test::KernelBench;
using ff::test::ListEpoch;
using ff::test::tensors_of;

namespace {

constexpr std::int64_t kImages = 38, kBatch = 6, kClasses = 3, kWidth = 6;
constexpr double kLabelValue = 1.3;

struct Recipe {
  ff::ModelOptions model;
  ff::LossOptions loss;
  ff::OptimizerOptions optimizer;
  double rate_factor = 1;
  std::int64_t batch_size = kBatch;
};

Recipe base_recipe() {
  Recipe recipe;
  recipe.model.widths = {41, 8, 3};
  recipe.model.threshold.initial = 0.5;
  recipe.optimizer.learning_rate = 0.01;
  return recipe;
}

ff::FFNetwork make_network(const Recipe& recipe,
                           std::uint64_t seed,
                           const at::Device& place = at::kCPU) {
  at::manual_seed(seed);
  ff::FFNetwork network(24, recipe.model, recipe.loss, recipe.optimizer);
  network->to(place, at::kDouble);
  for (auto& layer : network->layers) {
    layer->set_optimizer(recipe.optimizer);  // in float64 too
    layer->set_rate_factor(recipe.rate_factor);
  }
  return network;
}

// The training data and how they are labelled; the same for the truth and for the engine.
struct Data {
  explicit Data(std::uint64_t seed = 0) {
    at::manual_seed(seed);
    wrong = (images.labels + at::randint(1, 3, {kImages}, at::kLong)).remainder(3);
  }

  ff::ImageSet images = ff::test::toy_images(kImages, 11);
  at::Tensor wrong;
  ff::LabelOverlay overlay{kClasses, kWidth, kLabelValue, 0};

  at::Tensor rows(const at::Tensor& indices, const at::Tensor& labels) const {
    auto rows = images.rows(indices).to(at::kDouble);
    overlay.write_(rows, labels.index_select(0, indices));
    return rows;
  }
  at::Tensor positives(const at::Tensor& indices) const { return rows(indices, images.labels); }
  at::Tensor negatives(const at::Tensor& indices) const { return rows(indices, wrong); }
};

std::unique_ptr<ff::gpu::FFTrainer> training_of(const KernelBench& bench,
                                                const std::vector<ff::FFNetwork>& networks,
                                                const Recipe& recipe,
                                                const std::vector<Data>& data,
                                                std::int64_t cache_mib = 64) {
  std::vector<ff::gpu::Member> members;
  for (std::size_t n = 0; n < networks.size(); ++n) {
    members.push_back({networks[n], recipe.optimizer, {bench.put(data[n].wrong), data[n].overlay}});
  }
  return ff::gpu::make_ff_trainer(bench.device(),
                                  {.model = recipe.model,
                                   .loss = recipe.loss,
                                   .batch_size = recipe.batch_size,
                                   .streams = 2,
                                   .negatives_stay = true,
                                   .cache_mib = cache_mib},
                                  std::move(members),
                                  data.front().images.to(bench.place()));
}

// One step of all layers, or of one, by autograd; the losses before it.
std::vector<double> step_by_autograd(ff::FFNetwork& network,
                                     std::int64_t layer,
                                     at::Tensor pos,
                                     at::Tensor neg) {
  std::vector<double> losses;
  const auto depth = static_cast<std::int64_t>(network->layers.size());
  if (layer >= 0) {
    pos = network->features(pos, layer);
    neg = network->features(neg, layer);
  }
  for (auto l = std::max<std::int64_t>(layer, 0); l < (layer < 0 ? depth : layer + 1); ++l) {
    const auto step = network->layers[l]->train_step(pos, neg);
    pos = step.activations_pos;
    neg = step.activations_neg;
    losses.push_back(step.loss.item<double>());
  }
  return losses;
}

// 50 steps along autograd's trajectory, each from autograd's state.
void check_recipe(const KernelBench& bench, const Recipe& recipe, std::int64_t steps = 50) {
  INFO(recipe.model.activation << " " << recipe.model.goodness << " " << recipe.model.normalize.type
                               << " " << recipe.loss.type << " " << recipe.loss.direction << " "
                               << recipe.optimizer.type << " " << recipe.optimizer.momentum);
  const Data data;
  auto truth = make_network(recipe, 7), network = make_network(recipe, 7, bench.place());
  const auto training = training_of(bench, {network}, recipe, {data});
  double worst = 0;
  std::string where;
  at::manual_seed(8);
  for (std::int64_t step = 0; step < steps; ++step) {
    const auto before = copies(tensors_of(truth));
    ff::copy_into(tensors_of(network), before);
    const auto size = step % 7 == 6 ? kBatch - 2 : kBatch;  // the last batch of an epoch
    const auto pos = at::randperm(kImages, at::kLong).narrow(0, 0, size);
    const auto neg = at::randperm(kImages, at::kLong).narrow(0, 0, size);
    ListEpoch epoch({pos, neg}, kBatch);
    training->train_epoch({"all layers", 1}, {&epoch});
    const auto losses = step_by_autograd(truth, -1, data.positives(pos), data.negatives(neg));
    const auto want = at::tensor(losses, at::kDouble);
    CHECK_THAT(epoch.losses.at(0)[0], AllClose(want, 1e-12, 1e-12));
    worst = std::max(
        worst,
        ff::test::worst_difference(before, tensors_of(truth), copies(tensors_of(network)), where));
  }
  INFO("worst in " << where);
  CHECK(worst <= 1e-12);
}

}  // namespace

FF_BENCH_TEST("a step on a GPU is autograd's in float64, for everything a layer can be made of",
              "[gpu]") {
  auto recipe = base_recipe();
  // The buffer of so little momentum is the gradient, which Adam would hide.
  recipe.optimizer.type = "sgd";
  recipe.optimizer.momentum = 0.1;
  for (const auto& activation : ff::activations()) {
    for (const auto& goodness : ff::goodnesses()) {
      for (const auto& normalize : ff::row_normalizations()) {
        for (const auto& loss : ff::losses()) {
          for (const auto& direction : ff::direction_names()) {
            recipe.model.activation = activation.name;
            recipe.model.goodness = goodness.name;
            recipe.model.normalize.type = normalize.name;
            recipe.loss = {loss.name, direction, /*temperature=*/0.7};
            const auto reason =
                ff::gpu::reason_against(recipe.model, recipe.loss, recipe.optimizer);
            if (reason.empty()) check_recipe(bench, recipe);
            // What has a closed form on the CPU's fused engine has it here, but for pairs.
            if (!loss.paired)
              CHECK(reason ==
                    ff::fused::reason_against(recipe.model, recipe.loss, recipe.optimizer));
          }
        }
      }
    }
  }
}

FF_BENCH_TEST("a step on a GPU is autograd's under every optimizer", "[gpu]") {
  for (const auto& type : ff::OptimizerOptions::names()) {
    for (const double extra : {0.0, 0.05}) {
      for (const bool apart : {false, true}) {
        auto recipe = base_recipe();
        recipe.optimizer.type = type;
        recipe.optimizer.weight_decay = extra;
        recipe.optimizer.momentum = type == "sgd" ? 10 * extra : 0;
        recipe.optimizer.decoupled_decay = apart;
        recipe.optimizer.decay_biases = !apart;
        check_recipe(bench, recipe);
        recipe.rate_factor = 0.3;
        recipe.model.threshold.learned = false;
        recipe.model.normalize.input = false;
        check_recipe(bench, recipe);
      }
    }
  }
}

namespace {

std::vector<ff::Phase> phases_of(const std::string& schedule) {
  if (schedule == "parallel") return {{"all layers", 2}};
  return {{"layer 0", 2, 0}, {"layer 1", 2, 1}, {"layer 2", 2, 2}};
}

// The orders of an epoch, two streams; 38 images in batches of 6 end in one of 2.
std::vector<at::Tensor> orders_of(std::int64_t epoch, std::uint64_t seed) {
  at::manual_seed(seed + 100 * static_cast<std::uint64_t>(epoch));
  return {at::randperm(kImages, at::kLong), at::randperm(kImages, at::kLong)};
}

struct Trained {
  ff::TensorDict tensors;
  std::vector<at::Tensor> losses;  // of each epoch, (steps, layers)
};

Trained train_by_autograd(const Recipe& recipe,
                          const Data& data,
                          const std::string& schedule,
                          std::uint64_t seed) {
  auto network = make_network(recipe, seed);
  Trained trained;
  std::int64_t number = 0;
  for (const auto& phase : phases_of(schedule)) {
    for (std::int64_t e = 0; e < phase.epochs; ++e) {
      ListEpoch epoch(orders_of(number++, seed), recipe.batch_size);
      std::vector<at::Tensor> losses;
      while (const auto batch = epoch.next()) {
        const auto of_step = step_by_autograd(network,
                                              phase.layer,
                                              data.positives(batch->indices[0]),
                                              data.negatives(batch->indices[1]));
        losses.push_back(at::tensor(of_step, at::kDouble));
        epoch.trained(losses.back());
      }
      trained.losses.push_back(at::stack(losses));
    }
  }
  trained.tensors = copies(tensors_of(network));
  return trained;
}

struct Ways {
  std::int64_t cache_mib = 64;
  bool broken = false;  // each epoch is broken off where the learner first asks in its midst
};

// Several networks at once, network n with seed n.
std::vector<Trained> train_on_gpu(const KernelBench& bench,
                                  const Recipe& recipe,
                                  const std::vector<Data>& data,
                                  const std::string& schedule,
                                  const Ways& ways = {}) {
  std::vector<ff::FFNetwork> networks;
  for (std::size_t n = 0; n < data.size(); ++n) {
    networks.push_back(make_network(recipe, n, bench.place()));
  }
  const auto training = training_of(bench, networks, recipe, data, ways.cache_mib);
  std::vector<Trained> trained(data.size());
  std::int64_t number = 0;
  for (const auto& phase : phases_of(schedule)) {
    for (std::int64_t e = 0; e < phase.epochs; ++e, ++number) {
      std::vector<ListEpoch> epochs;
      std::vector<ff::Epoch*> pointers;
      for (std::size_t n = 0; n < data.size(); ++n) {
        epochs.emplace_back(orders_of(number, n), recipe.batch_size);
      }
      for (auto& epoch : epochs) pointers.push_back(&epoch);
      if (ways.broken) epochs[0].stop_at_question = 1;
      training->train_epoch(phase, pointers);
      const auto batches = (kImages + recipe.batch_size - 1) / recipe.batch_size;
      CHECK((epochs[0].batches < batches) == ways.broken);
      CHECK(epochs[0].batches > 0);
      epochs[0].stop_at_question = 1 << 30;
      if (ways.broken) training->train_epoch(phase, pointers);
      for (std::size_t n = 0; n < data.size(); ++n) {
        CHECK(epochs[n].batches == batches);
        trained[n].losses.push_back(at::cat(epochs[n].losses));
      }
    }
  }
  for (std::size_t n = 0; n < data.size(); ++n) {
    trained[n].tensors = copies(tensors_of(networks[n]));
  }
  return trained;
}

void check_same(const Trained& truth, const Trained& other, double tolerance) {
  for (const auto& [name, tensor] : truth.tensors) {
    INFO(name);
    const auto size = tensor.numel() ? tensor.abs().max().item<double>() : 0;
    CHECK_THAT(other.tensors.at(name), AllClose(tensor, 0, tolerance * size + 1e-300));
  }
  REQUIRE(other.losses.size() == truth.losses.size());
  for (std::size_t e = 0; e < truth.losses.size(); ++e) {
    CHECK_THAT(other.losses[e], AllClose(truth.losses[e], tolerance, tolerance));
  }
}

}  // namespace

FF_BENCH_TEST("epochs on a GPU are autograd's in both schedules, last smaller batch included",
              "[gpu]") {
  const auto recipe = base_recipe();
  const Data data;
  for (const auto* schedule : {"parallel", "sequential"}) {
    INFO(schedule);
    const auto truth = train_by_autograd(recipe, data, schedule, 0);
    // Each of some 50 steps adds float64's rounding, and Adam's quotients of small moments
    // magnify it.
    check_same(truth, train_on_gpu(bench, recipe, {data}, schedule)[0], 1e-8);
  }
}

FF_BENCH_TEST("on a GPU frozen layers' outputs, kept or computed for each batch, teach the same",
              "[gpu]") {
  const Data data;
  const auto kept = train_on_gpu(bench, base_recipe(), {data}, "sequential");
  check_same(
      kept[0], train_on_gpu(bench, base_recipe(), {data}, "sequential", {.cache_mib = 0})[0], 1e-9);
}

FF_BENCH_TEST("an epoch on a GPU that is stopped goes on to the same bits", "[gpu]") {
  const Data data;
  auto recipe = base_recipe();
  recipe.batch_size = 1;  // more batches than losses are told for at once
  for (const auto* schedule : {"parallel", "sequential"}) {
    const auto whole = train_on_gpu(bench, recipe, {data}, schedule);
    const auto broken = train_on_gpu(bench, recipe, {data}, schedule, {.broken = true});
    for (const auto& [name, tensor] : whole[0].tensors) {
      INFO(schedule << " " << name);
      CHECK(at::equal(tensor, broken[0].tensors.at(name)));
    }
  }
}

FF_BENCH_TEST("networks that train together on a GPU are what each becomes alone", "[gpu]") {
  auto recipe = base_recipe();
  const std::vector<Data> data = {Data(0), Data(1), Data(2)};
  CHECK_FALSE(at::equal(data[0].wrong, data[1].wrong));
  for (const auto* schedule : {"parallel", "sequential"}) {
    const auto together = train_on_gpu(bench, recipe, data, schedule);
    for (std::size_t n = 0; n < data.size(); ++n) {
      INFO(schedule << ", network " << n);
      check_same(train_by_autograd(recipe, data[n], schedule, n), together[n], 1e-8);
    }
  }
}

FF_BENCH_TEST("the label sweep on a GPU is the networks' own", "[gpu]") {
  for (const auto& widths : {std::vector<std::int64_t>{41, 8, 3}, std::vector<std::int64_t>{300}}) {
    for (const bool input : {true, false}) {
      auto recipe = base_recipe();
      recipe.model.widths = widths;
      recipe.model.normalize.input = input;
      const std::vector<Data> data = {Data(0), Data(1)};
      const auto place = bench.place();
      std::vector<ff::FFNetwork> networks = {make_network(recipe, 0, place),
                                             make_network(recipe, 1, place)};
      const auto training = training_of(bench, networks, recipe, data);
      const auto rows = bench.put(data[0].images.rows(0, 29).to(at::kDouble));
      for (std::size_t n = 0; n < 2; ++n) {
        const auto want = networks[n]->goodness_by_label(rows, data[n].overlay);
        CHECK_THAT(training->goodness_by_label(n, rows),
                   AllClose(want, 0, 1e-12 * want.max().item<double>()));
      }
    }
  }
}

FF_BENCH_TEST("thresholds are told while an epoch runs, and afterwards", "[gpu]") {
  const auto recipe = base_recipe();
  const Data data;
  const auto network = make_network(recipe, 0, bench.place());
  const auto training = training_of(bench, {network}, recipe, {data});
  CHECK(training->thresholds(0) == std::vector<double>(3, 0.5));
  ListEpoch epoch(orders_of(0, 0), kBatch);
  training->train_epoch({"all layers", 1}, {&epoch});
  for (std::size_t l = 0; l < 3; ++l) {
    CHECK(training->thresholds(0)[l] == network->layers[l]->threshold.item<double>());
    CHECK(training->thresholds(0)[l] != 0.5);
  }
}
