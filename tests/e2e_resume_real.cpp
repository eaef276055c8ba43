// Resuming on real images with default settings: interrupted at random steps, and killed.
//
// The normal test run makes a few stops; `FF_RESUME_TIMES=20 build/ff_tests "[resume-all]"` makes
// that many of each kind for every engine, schedule and rule, with 1 to 4 threads.
#include <csignal>
#include <cstdlib>
#include <optional>
#include <random>
#include <thread>

#include "experiments/data/load.h"
#include "experiments/learners.h"
#include "tests/catch.h"
#include "tests/e2e_workbench.h"

using namespace ff::test;

namespace fs = std::filesystem;

namespace {

struct RealSet {
  std::string name, folder;
};

const std::optional<RealSet>& real_set() {
  static const auto found = []() -> std::optional<RealSet> {
    for (const std::string name : {"mnist", "fashion-mnist"}) {
      try {
        const ff::experiments::DatasetOptions options = {
            .name = name, .train_limit = 64, .test_limit = 64};
        return RealSet{name, ff::experiments::load_dataset(options, std::nullopt).folder};
      } catch (const std::runtime_error&) {
      }
    }
    WARN("neither MNIST nor Fashion-MNIST is found (FF_DATA): resuming on them is not tested");
    return std::nullopt;
  }();
  return found;
}

struct Case {
  std::string title;
  Json changes;
  int threads = 2;
};

Json config_of(const Case& one, const RealSet& set) {
  Json config = {{"name", "x"},
                 {"dataset", {{"name", set.name}, {"train_limit", 2048}, {"test_limit", 256}}},
                 {"model", {{"widths", {64, 32, 10}}}},
                 {"schedule", {{"epochs", 2}}},
                 {"seeds", {0}}};
  config.merge_patch(one.changes);
  return config;
}

class Stopper {
 public:
  Stopper(const Case& one, const RealSet& set)
      : arguments_({"run", "x.json", "--threads", std::to_string(one.threads), "--data-root"}) {
    arguments_.push_back(fs::absolute(set.folder).string());
    bench_.write("x.json", config_of(one, set));
    const auto begin = std::chrono::steady_clock::now();
    const auto ended = bench_.ff(with({"--out", "whole"}));
    INFO(ended.err);
    REQUIRE(ended.exit_code == 0);
    seconds_ = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    for (const auto& line : read_metrics(whole())) {
      if (line.contains("steps")) steps_ += line["steps"].get<std::int64_t>();
    }
    REQUIRE(steps_ > 1);
  }

  // Emulates Ctrl-C during a step, which is completed and followed by a checkpoint.
  void interrupt(std::mt19937& random) {
    fs::remove_all(bench_ / "out");
    const auto after = std::uniform_int_distribution<std::int64_t>(1, steps_ - 1)(random);
    CAPTURE(after);
    const auto ended =
        bench_.ff(with({"--out", "out"}),
                  {.environment = {{"FF_TEST_STOP_AFTER_STEPS", std::to_string(after)}}});
    INFO(ended.err);
    REQUIRE(ended.exit_code == 130);
    check_goes_on();
  }

  void kill(std::mt19937& random) {
    fs::remove_all(bench_ / "out");
    const auto after = std::uniform_real_distribution<double>(0.3, 1)(random) * seconds_;
    CAPTURE(after);
    auto process = bench_.start(with({"--out", "out"}));
    std::this_thread::sleep_for(std::chrono::duration<double>(after));
    process.signal(SIGKILL);
    process.wait();
    check_goes_on();
  }

 private:
  fs::path whole() const { return bench_ / "whole/x/seed-0"; }

  std::vector<std::string> with(const std::vector<std::string>& more) const {
    auto all = arguments_;
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }

  void check_goes_on() const {
    const auto ended = bench_.ff(with({"--out", "out", "--resume"}));
    INFO(ended.err);
    REQUIRE(ended.exit_code == 0);
    CHECK(run_differences(whole(), bench_ / "out/x/seed-0") == std::vector<std::string>{});
  }

  Workbench bench_;
  std::vector<std::string> arguments_;
  double seconds_ = 0;
  std::int64_t steps_ = 0;
};

void check_all(const std::vector<Case>& cases, int times, std::uint32_t seed) {
  if (!real_set()) return;
  std::mt19937 random(seed);
  for (const auto& one : cases) {
    CAPTURE(one.title, one.threads);
    Stopper stopper(one, *real_set());
    for (int i = 0; i < times; ++i) {
      stopper.interrupt(random);
      stopper.kill(random);
    }
  }
}

Json rule(const std::string& name) { return {{"model", {{"type", name}}}}; }

std::vector<Case> every_case() {
  std::vector<Case> cases;
  for (int threads = 1; threads <= 4; ++threads) {
    for (const auto* engine : {"auto", "autograd"}) {
      for (const auto* schedule : {"sequential", "parallel"}) {
        cases.push_back({std::string("ff ") + schedule + " " + engine,
                         {{"schedule", {{"type", schedule}}}, {"engine", engine}},
                         threads});
      }
      cases.push_back({std::string("bp ") + engine,
                       {{"model", {{"type", "bp"}}}, {"engine", engine}},
                       threads});
    }
    cases.push_back({"ff in blocks, convolutions below",
                     {{"model",
                       {{"widths", nullptr},
                        {"layers",
                         {{{"type", "conv"}, {"channels", 4}, {"kernel", 5}},
                          {{"type", "batch-norm"}},
                          {{"type", "relu"}},
                          {{"type", "max-pool"}, {"kernel", 2}},
                          {{"type", "linear"}, {"width", 32}}}}}},
                      {"dataset", {{"train_limit", 512}}},
                      {"schedule", {{"type", "parallel"}}}},
                     threads});
    cases.push_back({"ff with a head and hard negatives",
                     {{"schedule", {{"type", "parallel"}}},
                      {"negatives", {{"type", "hard-label"}, {"pairing", "paired"}}},
                      {"head", {{"type", "softmax"}}},
                      {"model", {{"dropout", 0.1}, {"peer", {{"weight", 0.03}}}}}},
                     threads});
  }
  int threads = 1;
  for (const auto& kind : ff::experiments::learner_kinds()) {
    if (kind.name == std::string("ff") || kind.name == std::string("bp")) continue;
    auto changes = rule(kind.name);
    if (kind.name == std::string("kolen-pollack")) changes["optimizer"]["weight_decay"] = 1e-3;
    cases.push_back({kind.name, changes, threads});
    threads = threads % 4 + 1;
  }
  return cases;
}

}  // namespace

TEST_CASE("A run of the defaults on real images, stopped or killed anywhere, resumes to its bits",
          "[e2e][resume]") {
  check_all({{"ff sequential", {{"schedule", {{"epochs", 1}}}}},
             {"ff parallel", {{"schedule", {{"type", "parallel"}}}}},
             {"bp", rule("bp")},
             {"fa", rule("fa"), 3}},
            /*times=*/1,
            /*seed=*/1);
}

TEST_CASE("Every engine, schedule and rule resumes to its bits, many times", "[.][resume-all]") {
  const auto* times = std::getenv("FF_RESUME_TIMES");
  check_all(every_case(), times ? std::atoi(times) : 1, /*seed=*/2);
}
