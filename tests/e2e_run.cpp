// Successful `ff run`: the files it writes, and its behaviour on a second call.
#include "experiments/files.h"
#include "tests/catch.h"
#include "tests/e2e_workbench.h"

using namespace ff::test;

namespace fs = std::filesystem;

namespace {

using Names = std::vector<std::string>;

Names keys_of(const Json& json) {
  Names keys;
  for (const auto& item : json.items()) keys.push_back(item.key());
  std::sort(keys.begin(), keys.end());
  return keys;
}

Names sorted(Names names) {
  std::sort(names.begin(), names.end());
  return names;
}

Names files_in(const fs::path& folder) {
  Names names;
  for (const auto& item : fs::directory_iterator(folder)) {
    names.push_back(item.path().filename().string());
  }
  return sorted(names);
}

const Names kFiles = {".lock",
                      "DONE",
                      "checkpoint.pt",
                      "config.json",
                      "environment.json",
                      "metrics.jsonl",
                      "predictions.pt",
                      "result.json"};

// Keys of result.json common to all learners.
Names result_keys(Names more) {
  Names keys = {"name",
                "seed",
                "device",
                "engine",
                "epochs",
                "steps",
                "train_accuracy",
                "test_accuracy",
                "train_seconds",
                "evaluate_seconds",
                "peak_memory",
                "peak_memory_bytes",
                "test_set_seen_in_training"};
  keys.insert(keys.end(), more.begin(), more.end());
  return sorted(keys);
}

}  // namespace

TEST_CASE("A Forward-Forward run leaves everything about itself", "[e2e]") {
  const Workbench bench;
  bench.write("x.json", small_ff("x", {{"prune", {{"ratios", {0.5, 0.9}}}}, {"seeds", {7}}}));
  REQUIRE(bench.run({"x.json", "--out", "out"}).exit_code == 0);
  const auto run = bench / "out/x/seed-7";
  CHECK(files_in(run) == kFiles);
  CHECK(read_json(run / "config.json")["seeds"] == Json({7}));

  const auto environment = read_json(run / "environment.json");
  CHECK(keys_of(environment) == sorted({"version",
                                        "commit",
                                        "dirty",
                                        "compiler",
                                        "build_type",
                                        "libtorch",
                                        "device",
                                        "device_name",
                                        "threads",
                                        "engine",
                                        "tf32",
                                        "data",
                                        "data_folder",
                                        "command"}));
  CHECK(environment["threads"] == 1);
  CHECK(environment["data"] == Json({{"name", "synthetic"},
                                     {"train", 2000},
                                     {"test", 500},
                                     {"classes", 4},
                                     {"shape", {1, 8, 16}},
                                     {"train_crc32", environment["data"]["train_crc32"]},
                                     {"test_crc32", environment["data"]["test_crc32"]}}));
  CHECK(environment["device"] == "cpu");
  CHECK(environment["command"] == "ff run x.json --out out --threads 1");

  const auto result = read_json(run / "result.json");
  CHECK(keys_of(result) ==
        result_keys({"thresholds", "accuracy_by_prefix", "accuracy_by_layer", "pruned"}));
  CHECK(result["name"] == "x");
  CHECK(result["seed"] == 7);
  CHECK(result["engine"] == environment["engine"]);
  CHECK(result["epochs"] == 2);
  CHECK(result["steps"] == 2 * 2 * 32);
  CHECK(result["thresholds"].size() == 2);
  CHECK(result["test_set_seen_in_training"] == false);
  CHECK(result["train_seconds"] > 0);
  CHECK(result["peak_memory_bytes"] > 10'000'000);
  for (const auto* set : {"train", "test"}) {
    CHECK(result["accuracy_by_prefix"][set].size() == 2);
    CHECK(result["accuracy_by_prefix"][set][1] == result[std::string(set) + "_accuracy"]);
    CHECK(result["accuracy_by_layer"][set][0] == result["accuracy_by_prefix"][set][0]);
  }
  CHECK(keys_of(result["pruned"]) == Names{"0.5", "0.9"});
  for (const auto& [ratio, pruned] : result["pruned"].items()) {
    CHECK(keys_of(pruned) ==
          sorted({"train_accuracy", "test_accuracy", "accuracy_by_prefix", "accuracy_by_layer"}));
  }
}

TEST_CASE("Metrics are a line for each epoch, layer after layer", "[e2e]") {
  const Workbench bench;
  bench.write("x.json", small_ff("x"));
  REQUIRE(bench.run({"x.json"}).exit_code == 0);  // default --out: runs
  const auto metrics = read_metrics(bench / "runs/x/seed-0");
  REQUIRE(metrics.size() == 4);
  for (std::size_t i = 0; i < 4; ++i) {
    const auto& line = metrics[i];
    CHECK(
        keys_of(line) ==
        sorted({"epoch", "phase", "train_loss", "layer_losses", "thresholds", "steps", "seconds"}));
    CHECK(line["epoch"] == i + 1);
    CHECK(line["phase"] == (i < 2 ? "layer 0" : "layer 1"));
    CHECK(line["layer_losses"] == Json::array({line["train_loss"]}));
    CHECK(line["thresholds"].size() == 2);
    CHECK(line["steps"] == 32);
  }
  CHECK(metrics[1]["train_loss"] < metrics[0]["train_loss"]);
  CHECK(metrics[1]["thresholds"][1] == 5.0);                          // not yet trained
  CHECK(metrics[3]["thresholds"][0] == metrics[1]["thresholds"][0]);  // frozen
  CHECK(metrics[3]["thresholds"] == read_json(bench / "runs/x/seed-0/result.json")["thresholds"]);
}

TEST_CASE("A run of all layers at once, and one of backpropagation", "[e2e]") {
  const Workbench bench;
  bench.write("x.json", small_ff("x", {{"schedule", {{"type", "parallel"}}}}));
  bench.write("y.json", small_bp("y", {{"prune", {{"ratios", {0.9}}}}}));
  REQUIRE(bench.run({"x.json", "y.json", "--out", "out"}).exit_code == 0);
  const auto parallel = read_metrics(bench / "out/x/seed-0");
  REQUIRE(parallel.size() == 2);
  CHECK(parallel[0]["phase"] == "all layers");
  const auto& losses = parallel[0]["layer_losses"];
  REQUIRE(losses.size() == 2);
  CHECK(parallel[0]["train_loss"].get<double>() ==
        Approx((losses[0].get<double>() + losses[1].get<double>()) / 2));

  CHECK(files_in(bench / "out/y/seed-0") == kFiles);
  const auto metrics = read_metrics(bench / "out/y/seed-0");
  REQUIRE(metrics.size() == 2);
  CHECK(keys_of(metrics[0]) == sorted({"epoch", "phase", "train_loss", "steps", "seconds"}));
  CHECK(metrics[0]["phase"] == "network");
  const auto result = read_json(bench / "out/y/seed-0/result.json");
  CHECK(keys_of(result) == result_keys({"pruned"}));
  CHECK(keys_of(result["pruned"]["0.9"]) == Names{"test_accuracy", "train_accuracy"});
}

TEST_CASE("A finished run is skipped, and its table printed again", "[e2e]") {
  const Workbench bench;
  bench.write("x.json", small_ff("x"));
  const auto first = bench.run({"x.json", "--out", "out"});
  CHECK_THAT(first.out, ContainsSubstring("experiment  n  test accuracy"));
  CHECK_THAT(first.out, ContainsSubstring("\nx           1"));
  const auto before = bench.snapshot();
  const auto second = bench.run({"x.json", "--out", "out"});
  CHECK(second.exit_code == 0);
  CHECK(second.err == "out/x/seed-0: finished before; skipped\n");
  CHECK(second.out == first.out);
  CHECK(changes_between(before, bench.snapshot()).empty());

  CHECK(bench.run({"x.json", "--out", "out", "--resume"}).exit_code == 0);  // already finished
  CHECK(changes_between(before, bench.snapshot()).empty());

  const auto more = bench.run({"x.json", "--out", "out", "--seeds", "0,3"});  // adds seeds
  CHECK(more.exit_code == 0);
  CHECK_THAT(more.err, ContainsSubstring("seed-0: finished before; skipped\n"));
  CHECK_THAT(more.err, ContainsSubstring("x seed 3: layer 0 epoch 1/2: loss "));
  CHECK_THAT(more.out, ContainsSubstring("\nx           2"));
  CHECK(fs::exists(bench / "out/x/seed-3/DONE"));
  const auto table = bench.ff({"table", "out", "--format", "terminal"});
  CHECK(table.exit_code == 0);
  CHECK(table.out == more.out);

  const auto other = bench.run({"x.json", "--out", "out", "--set", "batch_size=32"});
  CHECK(other.exit_code == 1);
  CHECK_THAT(
      other.err,
      ContainsSubstring("out/x/seed-0: holds a run that differs in batch_size: 32 here, 64 there"));
}

TEST_CASE("A run of a version that did not know a key is the run at the key's default", "[e2e]") {
  const Workbench bench;
  bench.write("x.json", small_ff("x"));
  REQUIRE(bench.run({"x.json", "--out", "out"}).exit_code == 0);
  auto kept = read_json(bench / "out/x/seed-0/config.json");
  REQUIRE(kept.erase("measures") == 1);
  bench.write("out/x/seed-0/config.json", kept);
  const auto again = bench.run({"x.json", "--out", "out"});
  CHECK(again.exit_code == 0);
  CHECK_THAT(again.err, ContainsSubstring("seed-0: finished before; skipped\n"));
  const auto other = bench.run({"x.json", "--out", "out", "--set", "measures.every_epochs=1"});
  CHECK(other.exit_code == 1);
  CHECK_THAT(other.err,
             ContainsSubstring("holds a run that differs in measures.every_epochs: 1 here, "));
}

TEST_CASE("The same seed gives the same bits, another one others", "[e2e]") {
  const Workbench bench;
  bench.write("x.json", small_ff("x", {{"negatives", {{"redraw", "epoch"}}}}));
  REQUIRE(bench.run({"x.json", "--out", "a"}).exit_code == 0);
  REQUIRE(bench.run({"x.json", "--out", "b"}).exit_code == 0);
  CHECK(run_differences(bench / "a/x/seed-0", bench / "b/x/seed-0").empty());
  const auto same = bench.ff({"compare", "a/x/seed-0", "b/x/seed-0"});
  CHECK(same.exit_code == 0);
  REQUIRE(bench.run({"x.json", "--out", "a", "--seeds", "1"}).exit_code == 0);
  CHECK(run_differences(bench / "a/x/seed-0", bench / "a/x/seed-1").size() > 10);
  const auto different = bench.ff({"compare", "a/x/seed-0", "a/x/seed-1"});
  CHECK(different.exit_code == 1);
}

TEST_CASE("--dry-run prints the resolved config and writes nothing", "[e2e]") {
  const Workbench bench;
  bench.write("x.json", small_ff("x", {{"seeds", {0, 1}}}));
  const auto before = bench.snapshot();
  const auto ended = bench.run({"x.json", "--dry-run", "--set", "batch_size=32"});
  CHECK(ended.exit_code == 0);
  CHECK(ended.err.empty());
  const auto config = Json::parse(ended.out);
  CHECK(config["batch_size"] == 32);
  CHECK(config["optimizer"]["beta2"] == 0.999);  // a default value
  CHECK(config["seeds"] == Json({0, 1}));
  CHECK_FALSE(config["optimizer"].contains("momentum"));
  CHECK(changes_between(before, bench.snapshot()).empty());
}

TEST_CASE("--dry-run and environment.json say why auto takes a slower engine", "[e2e]") {
  const Workbench bench;
  bench.write("slow.json", small_bp("slow", {{"model", {{"type", "brsf"}}}}));
  bench.write("fast.json", small_bp("fast"));
  const std::string reason = "fused does not support model.type brsf";
  CHECK(bench.run({"slow.json", "fast.json", "--dry-run"}).err ==
        "ff run: slow.json: engine: auto takes autograd, as " + reason + "\n");
  CHECK(bench.run({"slow.json", "--dry-run", "--set", "engine=autograd"}).err.empty());
  REQUIRE(bench.run({"slow.json", "fast.json"}).exit_code == 0);
  CHECK(read_json(bench / "runs/slow/seed-0/environment.json")["engine_reason"] == reason);
  CHECK_FALSE(read_json(bench / "runs/fast/seed-0/environment.json").contains("engine_reason"));
}

TEST_CASE("--quiet prints results alone", "[e2e]") {
  const Workbench bench;
  bench.write("x.json", small_ff("x"));
  for (int i = 0; i < 2; ++i) {  // trained, then skipped
    const auto ended = bench.run({"x.json", "--quiet"});
    CHECK(ended.exit_code == 0);
    CHECK(ended.err.empty());
    CHECK_THAT(ended.out, ContainsSubstring("test accuracy"));
  }
}

TEST_CASE("On a terminal there is a bar for each phase", "[e2e]") {
  const Workbench bench;
  bench.write("x.json", small_ff("x"));
  const auto ended = bench.ff({"run", "x.json", "--threads", "1"}, {.terminal = true});
  CHECK(ended.exit_code == 0);
  CHECK(ended.err.starts_with("x seed 0:\r\n\r  layer 0 [....."));
  for (const auto* part : {"#] 100% epoch 2/2, ",
                           "\r  layer 1 [####",
                           " steps/s, 0:00 left, loss 0.",
                           ", threshold "}) {
    CHECK_THAT(ended.err, ContainsSubstring(part));
  }
  CHECK(std::count(ended.err.begin(), ended.err.end(), '\n') == 3);
  // Output after an aborted run starts on a new line.
  const auto failed =
      bench.ff({"run", "x.json", "--set", "name=y", "--set", "optimizer.learning_rate=1e30"},
               {.terminal = true});
  CHECK(failed.exit_code == 1);
  CHECK_THAT(failed.err, ContainsSubstring("\nff run: runs/y/seed-0: the loss of layer 0"));
}
