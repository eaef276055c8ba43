// Runs trained as a group on an emulated GPU, compared with the same runs trained separately.
#include <csignal>
#include <deque>

#include <ATen/Functions.h>

#include "experiments/checkpoint.h"
#include "experiments/run/stop.h"
#include "experiments/run/together.h"
#include "tests/close.h"
#include "tests/fault_injecting_device.h"
#include "tests/run_bench.h"
#include "tests/small_learner.h"
#include "tests/toy.h"

using namespace ff::test;
using ff::experiments::FolderState;

namespace {

namespace fs = std::filesystem;

Json seeds_config(const std::string& name, const Json& changes = Json::object()) {
  Json config = small_ff(name, {{"seeds", {0, 1, 2}}});
  config.merge_patch(changes);
  return config;
}

// Checks that two run folders agree up to rounding: the same random numbers and orders, nearly the
// same weights, losses and accuracies.
void check_same_run(const fs::path& a, const fs::path& b) {
  INFO(a << " and " << b);
  auto first = ff::experiments::load_checkpoint(a / "checkpoint.pt");
  auto second = ff::experiments::load_checkpoint(b / "checkpoint.pt");
  for (const auto& [name, tensor] : first.at("loop")) {
    INFO(name);
    if (name == "seconds") continue;
    if (name == "loss_sums") continue;  // empty between epochs
    CHECK(at::equal(tensor, second.at("loop").at(name)));
  }
  for (const auto* part : {"model", "learner"}) {
    for (const auto& [name, tensor] : first.at(part)) {
      INFO(name);
      // About a hundred Adam steps with float32 rounding.
      const auto size = tensor.to(at::kDouble).abs().max().item<double>();
      CHECK_THAT(second.at(part).at(name), AllClose(tensor, 0, 1e-3 * size + 1e-12));
    }
  }
  const auto result_a = read_json(a / "result.json"), result_b = read_json(b / "result.json");
  CHECK(result_a["seed"] == result_b["seed"]);
  CHECK(result_a["steps"] == result_b["steps"]);
  CHECK(std::abs(result_a["test_accuracy"].get<double>() -
                 result_b["test_accuracy"].get<double>()) < 0.01);
  const auto metrics_a = read_metrics(a), metrics_b = read_metrics(b);
  REQUIRE(metrics_a.size() == metrics_b.size());
  for (std::size_t i = 0; i < metrics_a.size(); ++i) {
    CHECK(std::abs(metrics_a[i]["train_loss"].get<double>() -
                   metrics_b[i]["train_loss"].get<double>()) < 1e-3);
  }
}

void check_all_same(const RunBench& bench) {
  const auto apart = bench.runs("apart"), together = bench.runs("together");
  for (std::size_t i = 0; i < apart.size(); ++i) {
    check_same_run(apart[i].folder, together[i].folder);
    CHECK(read_json(together[i].folder / "result.json")["trained_together"] == apart.size());
    CHECK_FALSE(read_json(apart[i].folder / "result.json").contains("trained_together"));
  }
}

}  // namespace

TEST_CASE("runs that train together on a GPU leave the folders that they leave apart", "[gpu]") {
  const Emulation emulation;
  for (const auto* schedule : {"parallel", "sequential"}) {
    for (const auto* redraw : {"never", "epoch"}) {
      INFO(schedule << ", negatives drawn " << redraw);
      const RunBench bench(seeds_config(
          "seeds", {{"schedule", {{"type", schedule}}}, {"negatives", {{"redraw", redraw}}}}));
      bench.make_apart("apart");
      CHECK(bench.make_together("together").empty());
      check_all_same(bench);
    }
  }
}

TEST_CASE("runs of configs that differ in their rates train together", "[gpu]") {
  const Emulation emulation;
  const RunBench bench(
      small_ff("slow", {{"optimizer", {{"learning_rate", 0.01}}}}),
      small_ff("fast",
               {{"seeds", {5}}, {"optimizer", {{"learning_rate", 0.05}, {"cooldown", 0.5}}}}));
  bench.make_apart("apart");
  CHECK(bench.make_together("together").empty());
  check_all_same(bench);
}

TEST_CASE("of runs that train together one can fail, and the others go on", "[gpu]") {
  const Emulation emulation;
  const RunBench bench(small_ff("first"),
                       small_ff("bad", {{"optimizer", {{"learning_rate", 1e30}}}}),
                       small_ff("last", {{"seeds", {3}}}));
  const auto failures = bench.make_together("together");
  REQUIRE(failures.size() == 1);
  CHECK(failures[0].run.config.name == "bad");
  CHECK(failures[0].text.find("is not finite") != std::string::npos);
  CHECK_FALSE(fs::exists(failures[0].run.folder / "DONE"));
  CHECK(fs::exists(failures[0].run.folder / "DIVERGED"));
  const RunBench sound(small_ff("first"), small_ff("last", {{"seeds", {3}}}));
  sound.make_apart("apart");
  const auto apart = sound.runs("apart"), together = bench.runs("together");
  check_same_run(apart[0].folder, together[0].folder);
  check_same_run(apart[1].folder, together[2].folder);
}

TEST_CASE("runs that train together are stopped and resumed to the same bits", "[gpu]") {
  const RunBench bench(seeds_config("seeds", {{"batch_size", 8}}));
  {
    const Emulation emulation;
    bench.make_together("whole");
  }
  {
    const Emulation emulation([](const OperationCounts& counts) {
      if (counts.launches == 200) std::raise(SIGINT);
    });
    ff::experiments::catch_stop_signals();
    CHECK_THROWS_AS(bench.make_together("out"), ff::experiments::Interrupted);
    ff::experiments::catch_stop_signals();  // clears the stop flag
    std::signal(SIGINT, SIG_DFL);
    std::signal(SIGTERM, SIG_DFL);
  }
  const auto whole = bench.runs("whole"), out = bench.runs("out");
  CHECK(position_in(out[0].folder).at(2) > 0);  // within an epoch
  const Emulation emulation;
  bench.make_together("out", /*resume=*/true);
  for (std::size_t i = 0; i < out.size(); ++i) {
    CHECK(run_differences(whole[i].folder, out[i].folder) == std::vector<std::string>{});
  }
}

TEST_CASE("a GPU that vanishes fails all runs that train together", "[gpu]") {
  const RunBench bench(seeds_config("seeds"));
  const Emulation emulation([](const OperationCounts& counts) {
    if (counts.launches == 50) throw ff::gpu::DeviceError("CUDA: gone");
  });
  const auto failures = bench.make_together("out");
  REQUIRE(failures.size() == 3);
  for (const auto& failure : failures) CHECK(failure.text.starts_with("CUDA: gone; "));
}

TEST_CASE("runs are grouped where their networks can train together", "[gpu]") {
  const RunBench bench(seeds_config("a"),
                       small_ff("b", {{"optimizer", {{"learning_rate", 0.5}}}}),
                       small_ff("wide", {{"model", {{"widths", {33, 16}}}}}),
                       small_ff("true", {{"engine", "autograd"}}));
  const auto runs = bench.runs("out");
  const std::vector<FolderState> fresh(runs.size(), FolderState::kNew);
  auto settings = bench.settings("out");
  const auto sizes = [&](const std::vector<FolderState>& states) {
    std::vector<std::size_t> all;
    for (const auto& group : ff::experiments::grouped(runs, states, settings)) {
      all.push_back(group.size());
    }
    return all;
  };
  CHECK(sizes(fresh) == std::vector<std::size_t>(6, 1));  // no groups on a CPU
  const Emulation emulation;
  CHECK(sizes(fresh) == std::vector<std::size_t>{4, 1, 1});
  settings.jobs = 3;
  CHECK(sizes(fresh) == std::vector<std::size_t>{3, 1, 1, 1});
  settings.jobs = 1;
  CHECK(sizes(fresh) == std::vector<std::size_t>(6, 1));
  settings.jobs = 0;
  auto states = fresh;
  states[1] = FolderState::kDone;
  states[2] = FolderState::kUnfinished;
  CHECK(sizes(states) == std::vector<std::size_t>{2, 1, 1, 1, 1});
}

TEST_CASE("networks with a head, moved images or dropout train alone", "[gpu]") {
  const Json common = {{"schedule", {{"type", "parallel"}}},
                       {"negatives", {{"pairing", "paired"}}}};
  const std::pair<const char*, Json> cases[] = {{"head", {{"head", {{"type", "softmax"}}}}},
                                                {"moved", {{"augment", {{"shift", 1}}}}},
                                                {"dropout", {{"model", {{"dropout", 0.1}}}}}};
  for (const auto& [name, changes] : cases) {
    INFO(name);
    auto config = seeds_config(name, common);
    config.merge_patch(changes);
    const RunBench bench(config);
    const Emulation emulation;
    auto settings = bench.settings("out");
    const auto runs = bench.runs("out");
    const std::vector<FolderState> fresh(runs.size(), FolderState::kNew);
    for (const int jobs : {0, 3}) {
      settings.jobs = jobs;
      CHECK(ff::experiments::grouped(runs, fresh, settings).size() == runs.size());
    }
    bench.make_apart("out");
    CHECK(read_json(runs.front().folder / "result.json")["engine"] == "fused");
  }
}

TEST_CASE("learners that cannot train together go on by themselves", "[gpu]") {
  const Emulation emulation;
  const auto images = toy_images(60, 1);
  std::deque<ff::PythonRandom> randoms;  // one each: what they draw is the same
  const auto make = [&](const char* engine, std::vector<std::int64_t> widths) {
    auto options = small("parallel");
    options.engine = engine;
    options.model.widths = std::move(widths);
    at::manual_seed(3);
    auto& random = randoms.emplace_back(0);
    return std::make_unique<ff::FFLearner>(options, images, random);
  };
  // The learners agree only in the first layer, whose tensors have been moved when the second is
  // found to differ.
  const auto first = make("fused", {12, 8}), alone = make("fused", {12, 8});
  const auto wider = make("fused", {12, 9}), plain = make("autograd", {12, 8});
  for (const auto* unlike : {&wider, &plain}) {
    CHECK_THROWS_AS(ff::FFLearner::together({first.get(), unlike->get()}), c10::Error);
    CHECK_THROWS_AS(ff::FFLearner::together({unlike->get(), first.get()}), c10::Error);
    CHECK(first->engine() == "fused");
    CHECK((*unlike)->engine() == (unlike == &plain ? "autograd" : "fused"));
    for (auto* learner : {first.get(), alone.get(), unlike->get()}) {
      learner->train_batch(learner->phases()[0], batch(*learner, 0, 20, 2));
      CHECK(learner->scores(images.rows(0, 5)).classes.isfinite().all().item<bool>());
    }
    check_same_bits(first->model(), alone->model());
  }
}
