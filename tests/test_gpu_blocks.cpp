// Networks on a GPU, or on the host that emulates one, whose blocks are trained by different
// engines.
#include <optional>

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include "ff/forward_forward/engines/gpu/stage.h"
#include "tests/block_networks.h"
#include "tests/fault_injecting_device.h"
#include "tests/gpu_networks.h"
#include "tests/list_epoch.h"
#include "tests/step_difference.h"

using namespace ff::test;

namespace {

// Makes the host count as a GPU if the test runs there.
class Somewhere {
 public:
  explicit Somewhere(const KernelBench& bench) {
    if (bench.place().is_cpu()) emulation_.emplace();
  }

 private:
  std::optional<Emulation> emulation_;
};

ff::FFLearnerOptions options_of(const Recipe& recipe) {
  ff::FFLearnerOptions options;
  options.model = recipe.model;
  options.loss = recipe.loss;
  options.optimizer = recipe.optimizer;
  options.batch_size = recipe.batch_size;
  return options;
}

// What the blocks below a stage hand on.
ff::Halves activations(std::int64_t count, std::int64_t width) {
  return {at::rand({count, width}, at::kDouble), at::rand({count, width}, at::kDouble)};
}

// Blocks [first, last) of the network of a recipe, and the ways in which a stage may train them.
struct Part {
  Recipe recipe;
  std::size_t first, last;
  bool begin_each_step = false;

  std::int64_t blocks() const { return static_cast<std::int64_t>(last - first); }
  std::vector<std::int64_t> kept() const {
    return blocks() > 1 ? std::vector<std::int64_t>{1, 0} : std::vector<std::int64_t>{0};
  }
  std::unique_ptr<ff::Stage> on(std::shared_ptr<ff::gpu::Device> device,
                                const ff::FFNetwork& network) const {
    return ff::gpu::make_stage(std::move(device), network, options_of(recipe), first, last, kept());
  }
};

// Trains a stage for more steps than it uploads step counts for: all its blocks, or every third
// step one of them; smaller batches among them. Returns what it hands out, in order.
std::vector<at::Tensor> train_stage(ff::Stage& stage, const Part& part, const at::Device& place) {
  std::vector<std::int64_t> widths = {24};
  widths.insert(widths.end(), part.recipe.model.widths.begin(), part.recipe.model.widths.end());
  std::vector<at::Tensor> seen;
  at::manual_seed(8);
  for (std::int64_t step = 0; step < 150; ++step) {
    if (step == 0 || part.begin_each_step) stage.begin_epoch();
    const auto block = step % 3 == 2 ? step % part.blocks() : 0;
    const auto size = step % 7 == 6 ? kGpuBatch - 2 : kGpuBatch;
    const auto [pos, neg] = activations(size, widths[part.first + block]);
    const ff::Halves in = {pos.to(place), neg.to(place)};
    if (step % 3 == 2) {
      seen.push_back(stage.train_block(static_cast<std::size_t>(block), in));
      continue;
    }
    const auto out = stage.train(in, seen);
    for (const auto& tensor : {out.pos, out.neg}) seen.push_back(tensor.clone());
    for (const auto& kept : stage.kept()) seen.push_back(kept.clone());
  }
  return seen;
}

void check_part(const KernelBench& bench, const Part& part) {
  INFO(part.recipe.optimizer.type << ", blocks " << part.first << " to " << part.last);
  auto truth = make_network(part.recipe, 7), network = make_network(part.recipe, 7, bench.place());
  ff::AutogradStage by_autograd(truth, part.first, part.last, part.kept());
  const auto stage = part.on(bench.device(), network);
  const auto want = train_stage(by_autograd, part, at::kCPU);
  const auto got = train_stage(*stage, part, bench.place());
  REQUIRE(got.size() == want.size());
  for (std::size_t i = 0; i < want.size(); ++i) {
    INFO("output " << i);
    CHECK_THAT(got[i], AllClose(want[i], 1e-8, 1e-9));
  }
  check_close(copies(tensors_of(network)), tensors_of(truth), 1e-8);
}

Recipe momentum_recipe() {
  auto recipe = base_recipe();
  recipe.optimizer = {.type = "sgd", .learning_rate = 0.05, .momentum = 0.5};
  return recipe;
}

// State from which training resumes, random numbers included.
struct Saved {
  ff::TensorDict model, state;
  at::Tensor generator;
};

Saved save(const ff::FFLearner& learner) {
  return {copies(learner.model()),
          copies(learner.training_state()),
          at::detail::getDefaultCPUGenerator().get_state()};
}

void load(ff::FFLearner& learner, const Saved& saved) {
  ff::copy_into(learner.model(), saved.model);
  ff::copy_into(learner.training_state(), saved.state);
  auto generator = at::detail::getDefaultCPUGenerator();  // a handle, not a copy
  generator.set_state(saved.generator);
}

std::unique_ptr<ff::FFLearner> make_mixed(const ff::FFLearnerOptions& options,
                                          const ff::ImageSet& images,
                                          ff::PythonRandom& random) {
  auto learner = std::make_unique<ff::FFLearner>(options, images, random);
  CHECK(learner->engine() == "mixed");
  return learner;
}

}  // namespace

FF_BENCH_TEST("mixed networks: a stage trains its blocks as autograd does in float64",
              "[gpu][blocks]") {
  const std::pair<std::size_t, std::size_t> spans[] = {{0, 3}, {1, 3}, {0, 2}, {1, 2}};
  for (const auto& [first, last] : spans) check_part(bench, {momentum_recipe(), first, last});
  check_part(bench, {base_recipe(), 1, 3});  // Adam, whose step counts are on the device
  auto recipe = momentum_recipe();
  recipe.lr_scale = 0.3;
  recipe.model.normalize.input = false;
  recipe.model.peer = {.weight = 0.3, .momentum = 0.8};
  check_part(bench, {recipe, 0, 2});
  check_part(bench, {recipe, 1, 3});  // no longer the network's input: normalised
}

TEST_CASE("mixed networks: a stage has the same bits in any order of blocks and threads",
          "[gpu][blocks]") {
  ff::TensorDict first;
  for (const auto& order : kOrders) {
    for (const bool each : {false, true}) {
      const Part part = {base_recipe(), 1, 3, each};
      auto network = make_network(part.recipe, 7);
      const auto stage = part.on(std::make_shared<ff::gpu::HostDevice>(order), network);
      train_stage(*stage, part, at::kCPU);
      const auto tensors = copies(tensors_of(network));
      if (first.empty()) first = tensors;
      check_same_bits(tensors, first);
    }
  }
}

FF_BENCH_TEST("mixed networks: a stage refuses a batch that is larger than its memory",
              "[gpu][blocks]") {
  const Part part = {base_recipe(), 1, 3};
  auto network = make_network(part.recipe, 7, bench.place());
  const auto stage = part.on(bench.device(), network);
  const auto [pos, neg] = activations(kGpuBatch + 1, 41);
  CHECK_THROWS_WITH(
      stage->train_block(0, {bench.put(pos), bench.put(neg)}),
      ContainsSubstring("a batch of 7 positives and 7 negatives, but batch_size is 6"));
}

FF_BENCH_TEST("mixed networks: each block is trained by the engine that can, to autograd's weights",
              "[gpu][blocks]") {
  for (const auto* schedule : {"sequential", "parallel"}) {
    for (const bool on_top : {true, false}) {
      for (const std::uint64_t seed : {2, 3, 4}) {
        INFO(schedule << ", closed forms on top " << on_top << ", seed " << seed);
        auto options = conv_options("autograd", schedule);
        if (!on_top) options.model.layers = closed_forms_between();
        const auto truth = train(options, "autograd", seed);
        options.engine = "auto";
        const Somewhere gpu(bench);
        check_close(train(options, "mixed", seed, bench.place()), truth, 2e-3);
      }
    }
  }
}

FF_BENCH_TEST("mixed networks: a head sees the layers of several stages in the order it names",
              "[gpu][blocks]") {
  const auto truth = train(head_options("autograd"), "autograd");
  const Somewhere gpu(bench);
  check_close(train(head_options("auto"), "mixed", 2, bench.place()), truth, 2e-3);
}

TEST_CASE("mixed networks: a network resumes in mid-epoch to the same bits", "[gpu][blocks]") {
  const Emulation gpu;
  const auto images = toy_images(kBlockImages, 5);
  for (const auto* precision : {"float32", "bf16"}) {
    for (const auto* schedule : {"sequential", "parallel"}) {
      INFO(precision << ", " << schedule);
      auto options = conv_options("auto", schedule);
      options.optimizer = {.learning_rate = 0.01};
      options.precision = precision;
      options.model.dropout = 0.2;
      ff::PythonRandom random(1);
      at::manual_seed(2);
      const auto whole = make_mixed(options, images, random);
      const auto resumed = make_mixed(options, images, random);
      const std::vector<at::Tensor> orders(2, at::randperm(kBlockImages, at::kLong));
      for (const auto& phase : whole->phases()) {
        const auto start = save(*whole);
        ListEpoch epoch(orders, kBlockBatch, whole->info().resident);
        whole->train_epoch(phase, epoch);
        const auto end = save(*whole);
        load(*resumed, start);
        std::vector<at::Tensor> part;
        for (const auto& order : orders) part.push_back(order.narrow(0, 0, 2 * kBlockBatch));
        ListEpoch begun(part, kBlockBatch, whole->info().resident);
        resumed->train_epoch(phase, begun);
        const auto middle = save(*resumed);
        const auto again = make_mixed(options, images, random);
        load(*again, middle);
        part.clear();
        for (const auto& order : orders) part.push_back(order.slice(0, 2 * kBlockBatch));
        ListEpoch rest(part, kBlockBatch, whole->info().resident);
        again->train_epoch(phase, rest);
        check_same_bits(copies(again->model()), end.model);
        check_same_bits(copies(again->training_state()), end.state);
        CHECK(at::equal(save(*again).generator, end.generator));
        auto generator = at::detail::getDefaultCPUGenerator();
        generator.set_state(end.generator);
      }
    }
  }
}

TEST_CASE("mixed networks: the engine does not synchronise within an epoch", "[gpu][blocks]") {
  const Emulation gpu;
  train(conv_options("auto", "parallel"), "mixed");
  CHECK(gpu.counts->launches > 0);
  CHECK(gpu.counts->recordings == 0);  // autograd's part cannot be captured
  CHECK(gpu.counts->copies == 0);
  CHECK(gpu.counts->waits == 1);  // at the end
}

TEST_CASE("mixed networks: engines are chosen block by block, whatever the data", "[gpu][blocks]") {
  const Emulation gpu;
  auto options = conv_options("auto", "parallel");
  const auto choice = ff::choose_engine(options, at::kCPU);
  CHECK(choice.engine == "mixed");
  CHECK(choice.reason == "fused does not support model.layers of type conv");
  CHECK(ff::choose_engine(options, at::kCPU, /*resident=*/false).engine == "mixed");
  options.negatives.redraw = "batch";
  CHECK(ff::choose_engine(options, at::kCPU).engine == "mixed");
  options.precision = "bf16";
  CHECK(ff::choose_engine(options, at::kCPU).engine == "mixed");
  options.precision = "float32";
  options.model.layers = {kConv};
  CHECK(ff::choose_engine(options, at::kCPU).engine == "autograd");
  options.model.layers = {kConv, linear(5)};
  options.loss.type = "symba";
  CHECK(ff::choose_engine(options, at::kCPU).engine == "autograd");
  CHECK(ff::choose_engine(options, at::kCPU).reason == "fused does not support loss.type symba");
  options.loss.type = "softplus";
  options.engine = "fused";
  CHECK_THROWS_WITH(
      ff::choose_engine(options, at::kCPU),
      "engine: fused does not support model.layers of type conv; allowed: autograd, auto");
}
