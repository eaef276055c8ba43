// Complete epochs of the GPU engine, emulated on the host or on a GPU, compared with float64
// autograd.
#include <ATen/Functions.h>

#include "tests/close.h"
#include "tests/gpu_networks.h"
#include "tests/list_epoch.h"
#include "tests/step_difference.h"

using namespace ff::test;

namespace {

std::vector<ff::Phase> phases_of(const std::string& schedule) {
  if (schedule == "parallel") return {{"all layers", 2}};
  return {{"layer 0", 2, 0}, {"layer 1", 2, 1}, {"layer 2", 2, 2}};
}

// Sample orders of an epoch for two streams; 38 images in batches of 6 end with a batch of 2.
std::vector<at::Tensor> orders_of(std::int64_t epoch, std::uint64_t seed) {
  at::manual_seed(seed + 100 * static_cast<std::uint64_t>(epoch));
  return {at::randperm(kGpuImages, at::kLong), at::randperm(kGpuImages, at::kLong)};
}

struct Trained {
  ff::TensorDict tensors;
  std::vector<at::Tensor> losses;  // per epoch, (steps, layers)
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
      for (auto batch = epoch.next(1); batch.size() > 0; batch = epoch.next(1)) {
        const auto of_step = step_by_autograd(network,
                                              phase.layer,
                                              data.positives(batch.indices[0]),
                                              data.negatives(batch.indices[1]));
        losses.push_back(at::tensor(of_step, at::kDouble));
        epoch.trained(losses.back().unsqueeze(0));
      }
      trained.losses.push_back(at::stack(losses));
    }
  }
  trained.tensors = copies(tensors_of(network));
  return trained;
}

struct Variant {
  std::int64_t cache_mib = 64;
  bool interrupted = false;  // interrupt each epoch at the first stop check after its start
};

// Trains several networks as a group, network n with seed n.
std::vector<Trained> train_on_gpu(const KernelBench& bench,
                                  const Recipe& recipe,
                                  const std::vector<Data>& data,
                                  const std::string& schedule,
                                  const Variant& variant = {}) {
  std::vector<ff::FFNetwork> networks;
  for (std::size_t n = 0; n < data.size(); ++n) {
    networks.push_back(make_network(recipe, n, bench.place()));
  }
  const auto training = training_of(bench, networks, recipe, data, variant.cache_mib);
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
      if (variant.interrupted) epochs[0].stop_at_query = 1;
      training->train_epoch(phase, pointers);
      const auto batches = (kGpuImages + recipe.batch_size - 1) / recipe.batch_size;
      CHECK((epochs[0].batches < batches) == variant.interrupted);
      CHECK(epochs[0].batches > 0);
      epochs[0].stop_at_query = 1 << 30;
      if (variant.interrupted) training->train_epoch(phase, pointers);
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
  check_close(other.tensors, truth.tensors, tolerance);
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
    // Each of about 50 steps adds float64 rounding errors, which Adam's quotients of small moments
    // amplify.
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
  recipe.batch_size = 1;  // more batches than losses are reported at once
  for (const auto* schedule : {"parallel", "sequential"}) {
    const auto whole = train_on_gpu(bench, recipe, {data}, schedule);
    const auto interrupted = train_on_gpu(bench, recipe, {data}, schedule, {.interrupted = true});
    INFO(schedule);
    check_same_bits(interrupted[0].tensors, whole[0].tensors);
  }
}

FF_BENCH_TEST("networks that train together on a GPU are what each becomes alone", "[gpu]") {
  auto recipe = base_recipe();
  const std::vector<Data> data = {Data(0), Data(1), Data(2)};
  CHECK_FALSE(at::equal(data[0].wrong, data[1].wrong));
  for (const auto* schedule : {"parallel", "sequential"}) {
    for (const double peers : {0.0, 0.3}) {
      recipe.model.peer.weight = peers;
      const auto together = train_on_gpu(bench, recipe, data, schedule);
      for (std::size_t n = 0; n < data.size(); ++n) {
        INFO(schedule << ", network " << n << ", peers " << peers);
        check_same(train_by_autograd(recipe, data[n], schedule, n), together[n], 1e-8);
      }
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
  ListEpoch epoch(orders_of(0, 0), kGpuBatch);
  training->train_epoch({"all layers", 1}, {&epoch});
  for (std::size_t l = 0; l < 3; ++l) {
    CHECK(training->thresholds(0)[l] == network->layers[l]->threshold.item<double>());
    CHECK(training->thresholds(0)[l] != 0.5);
  }
}
