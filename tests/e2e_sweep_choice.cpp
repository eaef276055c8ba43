// `ff sweep`: selection of the best points, and follow-up runs.
#include "tests/catch.h"
#include "tests/small_sweep.h"

using namespace ff::test;

namespace fs = std::filesystem;

namespace {

double validation_accuracy(const fs::path& run) {
  return read_json(run / "result.json")["validation_accuracy"].get<double>();
}

}  // namespace

TEST_CASE(
    "A sweep chooses by validation images, over seeds, and says where the best is at the edge",
    "[e2e]") {
  const Workbench bench;
  bench.write("a.json", small_bp("a"));
  bench.write("s.json",
              small_sweep({{"choose", "validation-accuracy"}, {"set", {{"seeds", {0, 1}}}}}));
  const auto ended = sweep(bench, {"s.json", "--out", "out"});
  INFO(ended.err);
  REQUIRE(ended.exit_code == 0);
  const auto choice = Json::parse(ended.out);
  CHECK(choice == read_json(bench / "out/rates/choice.json"));
  CHECK(choice["by"] == "validation-accuracy");
  const auto& chosen = choice["chosen"]["a"];
  REQUIRE(chosen["candidates"].size() == 3);
  double highest = 0;
  for (const auto& candidate : chosen["candidates"]) {
    const auto folder = bench / ("out/rates/" + candidate["name"].get<std::string>());
    const double mean =
        (validation_accuracy(folder / "seed-0") + validation_accuracy(folder / "seed-1")) / 2;
    CHECK(candidate["validation_accuracy"].get<double>() == Approx(mean));
    CHECK(candidate["seeds"] == 2);
    if (mean > highest) {
      highest = mean;
      CHECK(chosen["validation_accuracy"].get<double>() >= mean);
    }
  }
  CHECK(chosen["validation_accuracy"].get<double>() == Approx(highest));
  const auto rate = chosen["set"]["optimizer.learning_rate"].get<double>();
  CHECK(rate > 0.001);  // 0.0001 is too small to learn within one epoch
  const bool reported = ended.err.find("is at the edge") != std::string::npos;
  CHECK(reported == (rate != 0.01));
}

TEST_CASE("A validation accuracy decides, whatever the test set says", "[e2e]") {
  const Workbench bench;
  bench.write("a.json", small_bp("a"));
  bench.write("s.json", small_sweep({{"choose", "validation-accuracy"}}));
  REQUIRE(sweep(bench, {"s.json"}).exit_code == 0);
  const auto set = [&](const std::string& rate, double validation, double test) {
    const auto file = bench / ("runs/rates/a.learning_rate-" + rate + "/seed-0/result.json");
    auto result = read_json(file);
    result["validation_accuracy"] = validation;
    result["test_accuracy"] = test;
    bench.write(fs::relative(file, bench.path()).string(), result);
  };
  set("0.0001", 0.25, 1.0);
  set("0.01", 0.75, 0.0);
  set("0.1", 0.75, 0.5);  // a tie: the first point of the grid is kept
  const auto choice = Json::parse(sweep(bench, {"s.json"}).out);
  CHECK(choice["chosen"]["a"]["set"] == Json({{"optimizer.learning_rate", 0.01}}));
}

TEST_CASE("A config that no point can win is a failure of the sweep", "[e2e]") {
  const Workbench bench;
  bench.write("a.json", small_bp("a", {{"optimizer", {{"type", "sgd"}}}}));
  bench.write("s.json",
              small_sweep({{"choose", "validation-accuracy"},
                           {"grid", {{"optimizer.learning_rate", {1e30}}}}}));
  const auto ended = sweep(bench, {"s.json"});
  CHECK(ended.exit_code == 1);
  CHECK_THAT(ended.err, ContainsSubstring("ff sweep: a: no point of the grid finished\n"));
  CHECK(read_json(bench / "runs/rates/choice.json")["chosen"]["a"]["set"].is_null());
}

TEST_CASE("What was chosen runs then, as the config says but for what was chosen", "[e2e]") {
  const Workbench bench;
  bench.write("a.json", small_bp("a", {{"seeds", {5, 6}}, {"schedule", {{"epochs", 3}}}}));
  bench.write("b.json", small_bp("b", {{"schedule", {{"epochs", 3}}}}));
  const Json then = {{"grid", {{"net", {{"small", {{"model.widths", {8, 4}}}}}}}}};
  bench.write("s.json",
              small_sweep({{"configs", {"a.json", "b.json"}},
                           {"set", {{"seeds", {0}}}},
                           {"choose", "validation-accuracy"},
                           {"then", then}}));
  CHECK_THAT(sweep(bench, {"s.json", "--dry-run"}).out,
             ContainsSubstring("6 runs, 0 of them done; then 3 of the chosen points\n"));
  const auto ended = sweep(bench, {"s.json"});
  INFO(ended.err);
  REQUIRE(ended.exit_code == 0);
  const auto chosen = read_json(bench / "runs/rates/choice.json")["chosen"];
  CHECK(chosen["a"]["then"] == Json({"a.small"}));
  for (const auto* run : {"a.small/seed-5", "a.small/seed-6", "b.small/seed-0"}) {
    CAPTURE(run);
    const auto folder = bench / ("runs/rates/" + std::string(run));
    REQUIRE(fs::exists(folder / "DONE"));
    const auto config = read_json(folder / "config.json");
    CHECK(config["optimizer"]["learning_rate"] ==
          chosen[std::string(run, 1)]["set"]["optimizer.learning_rate"]);
    CHECK(config["schedule"]["epochs"] == 3);
    CHECK(config["dataset"]["validation"]["count"] == 0);
    CHECK(config["model"]["widths"] == Json({8, 4}));
  }
  CHECK_THAT(ended.err, ContainsSubstring("a.small"));  // part of the table
  CHECK(Json::parse(ended.out)["chosen"] == chosen);
  const auto before = bench.snapshot();
  CHECK(sweep(bench, {"s.json"}).exit_code == 0);
  CHECK(changes_between(before, bench.snapshot()) == std::vector<std::string>{});
}

TEST_CASE("A rate is chosen for each value of the keys that 'over' does not name", "[e2e]") {
  const Workbench bench;
  bench.write("a.json", small_bp("a", {{"optimizer", {{"type", "sgd"}}}}));
  // The learning rate is the first axis, so that points of the same batch size are not adjacent. A
  // rate of 1e30 makes the loss NaN.
  const Json grid = {
      {"optimizer.learning_rate", {0.1, 1e30}},
      {"batch_size", {{"small", {{"batch_size", 16}}}, {"large", {{"batch_size", 64}}}}}};
  bench.write("s.json",
              small_sweep({{"grid", grid},
                           {"choose", "validation-accuracy"},
                           {"over", {"optimizer.learning_rate"}},
                           {"then", {{"grid", {{"model.widths", {{8, 4}}}}}}}}));
  CHECK_THAT(sweep(bench, {"s.json", "--dry-run"}).out,
             ContainsSubstring("4 runs, 0 of them done; then 2 of the chosen points\n"));
  const auto ended = sweep(bench, {"s.json"});
  INFO(ended.err);
  CHECK(ended.exit_code == 1);  // because of the runs with rate 1e30
  const auto chosen = read_json(bench / "runs/rates/choice.json")["chosen"];
  REQUIRE(chosen.size() == 2);
  for (const auto& [size, rows] : {std::pair("small", 16), std::pair("large", 64)}) {
    const auto& choice = chosen["a." + std::string(size)];
    CHECK(choice["candidates"].size() == 2);
    CHECK(choice["set"] == Json({{"optimizer.learning_rate", 0.1}, {"batch_size", rows}}));
    CHECK(choice["edges"] == Json({"optimizer.learning_rate"}));
    const auto config =
        read_json(bench / ("runs/rates/a." + std::string(size) + ".widths-8-4/seed-0/config.json"));
    CHECK(config["batch_size"] == rows);
    CHECK(config["optimizer"]["learning_rate"] == 0.1);
  }
}
