// `ff sweep` over a grid, with failures, interruptions and invalid input.
#include <csignal>
#include <thread>

#include "tests/catch.h"
#include "tests/small_sweep.h"

using namespace ff::test;

namespace fs = std::filesystem;

TEST_CASE("A sweep runs each point in a folder of its own and skips what is done", "[e2e]") {
  const Workbench bench;
  bench.write("a.json", small_bp("a"));
  bench.write("s.json", small_sweep({{"set", {{"seeds", {3, 4}}}}}));
  const auto planned = sweep(bench, {"s.json", "--dry-run"});
  CHECK(planned.exit_code == 0);
  CHECK_THAT(planned.out,
             ContainsSubstring("new         runs/rates/a.learning_rate-0.01/seed-3\n"));
  CHECK_THAT(planned.out, ContainsSubstring("6 runs, 0 of them done\n"));
  CHECK_FALSE(fs::exists(bench / "runs"));

  const auto ended = sweep(bench, {"s.json"});
  INFO(ended.err);
  REQUIRE(ended.exit_code == 0);
  CHECK_THAT(ended.out, ContainsSubstring("a.learning_rate-0.0001"));  // part of the table
  for (const auto* rate : {"0.0001", "0.01", "0.1"}) {
    for (const auto* seed : {"3", "4"}) {
      const auto run =
          bench / ("runs/rates/a.learning_rate-" + std::string(rate) + "/seed-" + seed);
      REQUIRE(fs::exists(run / "DONE"));
      const auto config = read_json(run / "config.json");
      CHECK(config["optimizer"]["learning_rate"].dump() == rate);
      CHECK(config["schedule"]["epochs"] == 1);
    }
  }
  const auto before = bench.snapshot();
  const auto again = sweep(bench, {"s.json"});
  CHECK(again.exit_code == 0);
  CHECK(again.out == ended.out);
  CHECK(changes_between(before, bench.snapshot()) == std::vector<std::string>{});
  CHECK_THAT(sweep(bench, {"s.json", "--dry-run"}).out,
             ContainsSubstring("6 runs, 6 of them done\n"));
}

TEST_CASE("A sweep goes on after a failure, names it at the end and exits 1", "[e2e]") {
  const Workbench bench;
  bench.write("a.json", small_bp("a", {{"optimizer", {{"type", "sgd"}}}}));
  bench.write("s.json",
              small_sweep({{"choose", "validation-accuracy"},
                           {"grid", {{"optimizer.learning_rate", {1e30, 0.1}}}}}));
  const auto ended = sweep(bench, {"s.json"});
  CHECK(ended.exit_code == 1);
  const auto end = ended.err.find("ff sweep: 1 of 2 runs failed:\n");
  REQUIRE(end != std::string::npos);
  CHECK_THAT(ended.err.substr(end),
             ContainsSubstring("ff sweep:   runs/rates/a.learning_rate-1e30/seed-0: "));
  CHECK_THAT(ended.err.substr(end), ContainsSubstring("not finite"));
  const auto choice = read_json(bench / "runs/rates/choice.json")["chosen"]["a"];
  CHECK(choice["set"] == Json({{"optimizer.learning_rate", 0.1}}));
  CHECK(choice["candidates"][0]["validation_accuracy"].is_null());
  CHECK_THAT(sweep(bench, {"s.json", "--dry-run"}).out,
             ContainsSubstring("diverged    runs/rates/a.learning_rate-1e30/seed-0\n"));
}

TEST_CASE("An interrupted sweep ends with 130 and goes on with --resume to the same bits",
          "[e2e]") {
  const Workbench bench;
  bench.write("a.json", small_bp("a", {{"batch_size", 1}}));
  bench.write("s.json",
              small_sweep({{"set", {{"schedule.epochs", 4}}},
                           {"grid", {{"optimizer.learning_rate", {0.01, 0.02}}}}}));
  REQUIRE(sweep(bench, {"s.json", "--out", "whole"}).exit_code == 0);
  const auto first = bench / "out/rates/a.learning_rate-0.01/seed-0";
  auto process = bench.start({"sweep", "s.json", "--out", "out", "--threads", "1"});
  while (count_metrics(first) < 1 && !process.has_ended()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  process.signal(GENERATE(SIGINT, SIGUSR1));
  const auto ended = process.wait();
  INFO(ended.err);
  REQUIRE(ended.exit_code == 130);
  CHECK_FALSE(fs::exists(bench / "out/rates/a.learning_rate-0.02/seed-0/DONE"));
  const auto refused = sweep(bench, {"s.json", "--out", "out"});
  CHECK(refused.exit_code == 1);
  CHECK_THAT(refused.err, ContainsSubstring("add --resume to continue it"));
  CHECK_THAT(sweep(bench, {"s.json", "--out", "out", "--dry-run"}).out,
             ContainsSubstring("unfinished  out/rates/a.learning_rate-0.0"));
  REQUIRE(sweep(bench, {"s.json", "--out", "out", "--resume"}).exit_code == 0);
  for (const auto* rate : {"0.01", "0.02"}) {
    const auto run = "/rates/a.learning_rate-" + std::string(rate) + "/seed-0";
    CHECK(run_differences(bench / ("whole" + run), bench / ("out" + run)) ==
          std::vector<std::string>{});
  }
}

TEST_CASE("Parts have configs and grids of their own", "[e2e]") {
  const Workbench bench;
  bench.write("configs/a.json", small_bp("a"));
  const Json parts = {{{"configs", {"a.json"}}},
                      {{"configs", {small_ff("f"), small_bp("b")}},
                       {"set", {{"schedule.epochs", 2}}},
                       {"grid", {{"optimizer.learning_rate", {0.05}}, {"batch_size", {32, 64}}}}}};
  bench.write("configs/s.json", small_sweep({{"configs", nullptr}, {"parts", parts}}));
  const auto planned = sweep(bench, {"configs/s.json", "--dry-run"});
  INFO(planned.err);
  CHECK(planned.exit_code == 0);
  for (const auto* run : {"a.learning_rate-0.0001/seed-0\n",
                          "f.learning_rate-0.05.batch_size-64/seed-0\n",
                          "b.learning_rate-0.05.batch_size-32/seed-0\n",
                          "7 runs, 0 of them done\n"}) {
    CHECK_THAT(planned.out, ContainsSubstring(run));
  }
}

TEST_CASE("What is wrong with a sweep is said before anything runs", "[e2e]") {
  const Workbench bench;
  bench.write("a.json", small_bp("a"));
  const auto check = [&](const Json& changes, const std::string& line) {
    bench.write("s.json", small_sweep(changes));
    const auto ended = sweep(bench, {"s.json"});
    CHECK(ended.exit_code == 1);
    CHECK(ended.out.empty());
    CHECK_THAT(ended.err, ContainsSubstring("ff: " + line));
    CHECK_FALSE(fs::exists(bench / "runs"));
  };
  const auto config = sweep(bench, {"a.json"});
  CHECK(config.exit_code == 1);
  CHECK_THAT(config.err, ContainsSubstring("ff: a.json: is a config, not a sweep (it has "));
  check({{"name", nullptr}}, "s.json: name: missing; every sweep needs a name\n");
  check({{"name", "a/b"}}, "s.json: name: \"a/b\" is not allowed; allowed: letters");
  check({{"gird", 1}}, "s.json: gird: unknown key; did you mean 'grid'?");
  check({{"configs", nullptr}}, "s.json: configs: missing; a sweep needs configs, or parts");
  check({{"configs", Json::array()}}, "s.json: configs: [] is not allowed; allowed: a list [...]");
  check({{"configs", {3}}}, "s.json: configs[0]: 3 is not allowed; allowed: a file's name, or a");
  check({{"configs", {"b.json"}}}, "b.json: no such file, or it cannot be read\n");
  check({{"configs", {Json::object()}}}, "s.json: configs[0].name: missing");
  check({{"configs", {"a.json", "a.json"}}},
        "s.json: configs: two runs would have the name a.learning_rate-0.0001\n");
  check({{"parts", {{{"configs", {"a.json"}}}}}},
        "s.json: configs: has no effect with parts, which have their own; remove it\n");
  check({{"parts", {{{"set", Json::object()}}}}, {"configs", nullptr}},
        "s.json: parts[0].configs: missing; each part needs its own configs\n");
  check({{"set", {{"schedule.epoch", 1}}}},
        "s.json: a.learning_rate-0.0001: schedule.epoch: unknown key; did you mean 'epochs'?");
  check({{"set", {{"name", "b"}}}}, "s.json: set.name: names are derived from the configs");
  check({{"set", {{"name.x", 1}}}},
        "s.json: a.learning_rate-0.0001: 'x' is inside a value that is not an object\n");
  check({{"set", {{"optimizer.learning_rate", 1}}}},
        "s.json: set.optimizer.learning_rate: is also a key of the grid; remove one of the two\n");
  check({{"grid", {{"optimizer.learning_rate", {0.1, -1}}}}},
        "s.json: a.learning_rate--1: optimizer.learning_rate: -1 is not allowed");
  check({{"choose", "test-accuracy"}},
        "s.json: choose: \"test-accuracy\" is not allowed; allowed: validation-accuracy, or null");
  check({{"choose", "validation-accuracy"}, {"set", {{"dataset.validation.count", 0}}}},
        "s.json: choose: validation-accuracy needs validation images, and a.learning_rate-0.0001 "
        "has none; set dataset.validation.count\n");
  check({{"then", Json::object()}}, "s.json: then: has no effect without a choice; add \"choose\"");
  check({{"choose", "validation-accuracy"}, {"then", {{"set", {{"batch_sizes", 3}}}}}},
        "s.json: a: batch_sizes: unknown key; did you mean 'batch_size'?");
  check({{"choose", "validation-accuracy"}, {"then", {{"set", {{"optimizer.learning_rate", 3}}}}}},
        "s.json: then.set.optimizer.learning_rate: is a key that the grid chooses; remove it\n");
  check({{"choose", "validation-accuracy"}, {"then", {{"grid", {{"batch_size", {0}}}}}}},
        "s.json: a.batch_size-0: batch_size: 0 is not allowed");
  check({{"over", {"batch_size"}}}, "s.json: over: has no effect without a choice; add \"choose\"");
  check({{"choose", "validation-accuracy"}, {"over", {3}}},
        "s.json: over: 3 is not allowed; allowed: keys of the grid\n");
  check({{"choose", "validation-accuracy"}, {"over", {"batch_size"}}},
        "s.json: grid: has no batch_size, which is listed in 'over'; add it, or remove it from "
        "'over'\n");
  check({{"set", {{"dataset.name", "mnist"}}}}, "data set mnist not found");
  bench.write("s.json", small_sweep());
  const auto overruled = sweep(bench, {"s.json", "--set", "optimizer.learning_rate=1"});
  CHECK(overruled.exit_code == 1);
  CHECK_THAT(overruled.err,
             ContainsSubstring("--set optimizer.learning_rate=1: is a key of the grid"));
}
