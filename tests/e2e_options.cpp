// Effects of config keys on a run.
#include "tests/catch.h"
#include "tests/e2e_workbench.h"

using namespace ff::test;

namespace fs = std::filesystem;

namespace {

// Runs the config and returns the run folder.
fs::path run_of(const Workbench& bench, const Json& config) {
  const auto name = config["name"].get<std::string>();
  bench.write(name + ".json", config);
  const auto ended = bench.run({name + ".json"});
  INFO(ended.err);
  REQUIRE(ended.exit_code == 0);
  return bench / ("runs/" + name + "/seed-0");
}

double accuracy(const fs::path& run, const std::string& key = "test_accuracy") {
  return read_json(run / "result.json")[key].get<double>();
}

}  // namespace

TEST_CASE("schedule.max_steps ends the training", "[e2e]") {
  const Workbench bench;
  const auto within = run_of(bench, small_ff("a", {{"schedule", {{"max_steps", 10}}}}));
  CHECK(read_json(within / "result.json")["steps"] == 10);
  REQUIRE(read_metrics(within).size() == 1);
  CHECK(read_metrics(within)[0]["steps"] == 10);
  const auto later = run_of(bench, small_ff("b", {{"schedule", {{"max_steps", 70}}}}));
  const auto metrics = read_metrics(later);  // 32 steps per epoch
  REQUIRE(metrics.size() == 3);
  CHECK(metrics[2]["phase"] == "layer 1");
  CHECK(metrics[2]["steps"] == 6);
  const auto never = run_of(bench, small_ff("c", {{"schedule", {{"max_steps", 1000}}}}));
  CHECK(read_json(never / "result.json")["steps"] == 128);
}

TEST_CASE("No epochs: the network as it was drawn", "[e2e]") {
  const Workbench bench;
  const auto run = run_of(bench, small_bp("a", {{"schedule", {{"epochs", 0}}}}));
  CHECK(read_json(run / "result.json")["steps"] == 0);
  CHECK(read_metrics(run).empty());
  CHECK(accuracy(run) < 0.6);
}

TEST_CASE("evaluate.every_epoch looks at the test set, and says so", "[e2e]") {
  const Workbench bench;
  const auto run = run_of(bench, small_bp("a", {{"evaluate", {{"every_epoch", true}}}}));
  const auto metrics = read_metrics(run);
  REQUIRE(metrics.size() == 3);
  CHECK(metrics[0]["epoch"] == 0);
  CHECK_FALSE(metrics[0].contains("train_loss"));
  for (const auto& line : metrics) {
    CHECK(line.contains("test_accuracy"));
    CHECK(line.contains("test_loss"));
  }
  CHECK(metrics[0]["test_accuracy"] < metrics[2]["test_accuracy"]);
  CHECK(metrics[2]["test_accuracy"] == accuracy(run));
  CHECK(read_json(run / "result.json")["test_set_seen_in_training"] == true);
  // Evaluation must not change the network.
  const auto blind = run_of(bench, small_bp("b"));
  const auto a = ff::experiments::load_checkpoint(run / "checkpoint.pt").at("model");
  const auto b = ff::experiments::load_checkpoint(blind / "checkpoint.pt").at("model");
  for (const auto& [name, tensor] : a) CHECK(tensor.equal(b.at(name)));

  const auto ff_run =
      run_of(bench, small_ff("c", {{"evaluate", {{"every_epoch", true}, {"batch_size", 7}}}}));
  CHECK(read_metrics(ff_run).size() == 5);
  CHECK(read_metrics(ff_run)[4]["test_accuracy"] == accuracy(ff_run));
}

TEST_CASE("dataset.validation is taken from the training set", "[e2e]") {
  const Workbench bench;
  const auto run = run_of(
      bench,
      small_bp("a",
               {{"dataset", {{"validation", {{"count", 400}, {"seed", 3}}}, {"test_limit", 100}}},
                {"evaluate", {{"every_epoch", true}}}}));
  const auto result = read_json(run / "result.json");
  CHECK(result["steps"] == 2 * 25);  // 1600 images remain for training
  CHECK(result["validation_accuracy"].get<double>() > 0.8);
  CHECK(read_metrics(run).size() == 3);
  for (const auto& line : read_metrics(run)) CHECK(line.contains("validation_loss"));
  CHECK(read_metrics(run).back()["validation_accuracy"] == result["validation_accuracy"]);
  const auto predictions = ff::experiments::load_tensors(run / "predictions.pt");
  CHECK(predictions.at("train").size(0) == 1600);
  CHECK(predictions.at("test").size(0) == 100);

  const auto by_layers =
      run_of(bench, small_ff("b", {{"dataset", {{"validation", {{"count", 400}}}}}}));
  CHECK(read_json(by_layers / "result.json")["accuracy_by_prefix"]["validation"].size() == 2);
}

TEST_CASE("checkpoint.keep all keeps one of each epoch", "[e2e]") {
  const Workbench bench;
  const auto run = run_of(bench, small_ff("a", {{"checkpoint", {{"keep", "all"}}}}));
  const auto load = [&](const std::string& name) {
    return ff::experiments::load_checkpoint(run / name).at("model");
  };
  for (int epoch = 1; epoch <= 4; ++epoch) {
    CHECK(fs::exists(run / ("checkpoint-000" + std::to_string(epoch) + ".pt")));
  }
  CHECK_FALSE(fs::exists(run / "checkpoint-0005.pt"));
  const auto last = load("checkpoint.pt");
  for (const auto& [name, tensor] : load("checkpoint-0004.pt")) CHECK(tensor.equal(last.at(name)));
  CHECK(load("checkpoint-0002.pt").at("layers.0.weight").equal(last.at("layers.0.weight")));
  CHECK_FALSE(load("checkpoint-0003.pt").at("layers.1.weight").equal(last.at("layers.1.weight")));
  for (const auto* name : {"layers.0.weight",
                           "layers.0.bias",
                           "layers.0.threshold",
                           "layers.1.weight",
                           "layers.1.bias",
                           "layers.1.threshold"}) {
    CHECK(last.contains(name));
  }
  CHECK(last.size() == 6);
  CHECK(last.at("layers.0.threshold").sizes() == at::IntArrayRef{1});

  const auto some =
      run_of(bench, small_ff("b", {{"checkpoint", {{"keep", "all"}, {"every_epochs", 3}}}}));
  CHECK(fs::exists(some / "checkpoint-0003.pt"));
  CHECK_FALSE(fs::exists(some / "checkpoint-0001.pt"));
  CHECK(position_in(some).at(3) == 4);  // checkpoint.pt is still the final state
}

TEST_CASE("Pruning has a row for each ratio and leaves the network whole", "[e2e]") {
  const Workbench bench;
  const auto run = run_of(bench, small_ff("a", {{"prune", {{"ratios", {0, 0.5, 1}}}}}));
  const auto result = read_json(run / "result.json");
  CHECK(result["pruned"].size() == 3);
  CHECK(result["pruned"]["0.0"]["test_accuracy"] == result["test_accuracy"]);
  CHECK(result["pruned"]["0.0"]["accuracy_by_layer"] == result["accuracy_by_layer"]);
  CHECK(result["pruned"]["1.0"]["test_accuracy"] < 0.5);  // all weights pruned: chance accuracy
  const auto model = ff::experiments::load_checkpoint(run / "checkpoint.pt").at("model");
  CHECK((model.at("layers.0.weight") == 0).sum().item<std::int64_t>() < 100);
}

TEST_CASE("min-ssq learns the other way round", "[e2e]") {
  const Workbench bench;
  const auto run = run_of(
      bench, small_ff("a", {{"loss", {{"direction", "min-ssq"}}}, {"schedule", {{"epochs", 5}}}}));
  CHECK(read_json(run / "result.json")["accuracy_by_layer"]["test"][0].get<double>() > 0.8);
}

TEST_CASE("predict.layers chooses who has a say", "[e2e]") {
  const Workbench bench;
  const auto first = run_of(bench, small_ff("a", {{"predict", {{"layers", {{"first", 1}}}}}}));
  CHECK(accuracy(first) == read_json(first / "result.json")["accuracy_by_prefix"]["test"][0]);
  const auto second = run_of(bench, small_ff("b", {{"predict", {{"layers", {1}}}}}));
  CHECK(accuracy(second) == read_json(second / "result.json")["accuracy_by_layer"]["test"][1]);
}

TEST_CASE("A run that diverges stops with its place and keeps its last good checkpoint", "[e2e]") {
  const Workbench bench;
  // With one step per epoch, the first ends with huge weights and the second overflows.
  bench.write(
      "x.json",
      small_ff(
          "x",
          {{"optimizer", {{"learning_rate", 1e30}}}, {"batch_size", 2000}, {"seeds", {0, 1}}}));
  bench.write("y.json", small_ff("y"));
  const auto ended = bench.run({"x.json", "y.json"});
  INFO(ended.err);
  CHECK(ended.exit_code == 1);
  for (const auto* seed : {"0", "1"}) {
    const std::string run = std::string("runs/x/seed-") + seed;
    CHECK_THAT(ended.err,
               ContainsSubstring("ff run: " + run + ": the loss of layer 0 is not finite (") &&
                   ContainsSubstring(") in phase 'layer 0', epoch 2, step 1; a lower "));
    CHECK(read_metrics(bench / run).size() == 1);
    CHECK(position_in(bench / run).at(3) == 1);
    CHECK_FALSE(fs::exists(bench / run / "DONE"));
    const auto result = read_json(bench / run / "result.json");
    CHECK(result["diverged"]["epoch"] == 2);
    CHECK(result["diverged"]["step"] == 1);
    CHECK_FALSE(result.contains("test_accuracy"));
    const auto good = ff::experiments::load_checkpoint(bench / run / "checkpoint.pt").at("model");
    CHECK(good.at("layers.0.weight").isfinite().all().item<bool>());
  }
  CHECK(fs::exists(bench / "runs/y/seed-0/DONE"));  // the other runs are not affected
  CHECK_THAT(ended.out, ContainsSubstring("\ny           1"));
  CHECK_THAT(ended.out,
             ContainsSubstring("\nx           0         2"));  // diverged runs are listed
  CHECK_THAT(
      ended.out,
      ContainsSubstring("\ndiverged: further runs whose loss or weights became NaN or infinite; "));

  for (const auto* resume : {"--quiet", "--resume"}) {  // not retried, as it would diverge again
    const auto again = bench.run({"x.json", resume});
    CHECK(again.exit_code == 1);
    CHECK_THAT(again.err,
               ContainsSubstring("ff run: runs/x/seed-0: diverged before: the loss of layer 0 is "
                                 "not finite (") &&
                   ContainsSubstring("epoch 2, step 1; to run it again, remove the folder\n"));
  }

  bench.write("z.json", small_bp("z", {{"optimizer", {{"learning_rate", 1e30}}}}));
  CHECK_THAT(bench.run({"z.json"}).err,
             ContainsSubstring("the loss of the network is not finite (NaN) in phase 'network', "
                               "epoch 1, step 2; a lower "
                               "optimizer.learning_rate may help\n"));
}

TEST_CASE("Data with an unknown checksum are used with a warning, said once", "[e2e]") {
  const Workbench bench;
  write_idx_set(bench / "data/mnist", 40, 20);
  bench.write("x.json", small_ff("x", {{"dataset", {{"name", "mnist"}}}, {"seeds", {0, 1}}}));
  const auto ended = bench.run({"x.json", "--quiet"});
  CHECK(ended.exit_code == 0);
  CHECK(ended.err.starts_with("ff run: warning: "));
  const auto first = ended.err.substr(0, ended.err.find('\n'));
  CHECK(ended.err.find(first, 1) == std::string::npos);
  const auto environment = read_json(bench / "runs/x/seed-0/environment.json");
  CHECK(environment["data"]["train"] == 40);
  CHECK(environment["data_folder"] == "data/mnist");
  CHECK(environment["warnings"].size() == 3);
  CHECK("ff run: warning: " + environment["warnings"][0].get<std::string>() == first);
}

TEST_CASE("Training learns, in seconds", "[e2e]") {
  const Workbench bench;
  const Json longer = {{"schedule", {{"epochs", 5}}}, {"batch_size", 16}};
  CHECK(accuracy(run_of(bench, small_ff("a", longer))) > 0.9);
  CHECK(accuracy(run_of(bench, small_bp("b", longer))) > 0.9);
  auto parallel = small_ff("c", longer);
  parallel["schedule"]["type"] = "parallel";
  CHECK(accuracy(run_of(bench, parallel)) > 0.9);
}
