// Training that is stopped and goes on is the training that was never stopped, bit for bit.
#include <csignal>
#include <thread>

#include "tests/catch.h"
#include "tests/e2e_workbench.h"

using namespace ff::test;

namespace fs = std::filesystem;

namespace {

using std::chrono::milliseconds;

// Epochs of 500 steps, so that a signal finds the training in the middle of one.
const Json kLong = {{"batch_size", 4}, {"dataset", {{"test_limit", 100}}}};

Json with(Json config, const Json& changes) {
  config.merge_patch(kLong);
  config.merge_patch(changes);
  return config;
}

// Starts the run of NAME.json in out/NAME/seed-0 and sends `number` some time after that many
// epochs.
Ended stop_after(const Workbench& bench,
                 const std::string& name,
                 const std::string& out,
                 std::size_t epochs,
                 milliseconds delay,
                 int number) {
  const auto run = bench / (out + "/" + name + "/seed-0");
  auto process = bench.start_run({name + ".json", "--out", out});
  const auto begun = [&] {
    return fs::exists(run / "config.json") && count_metrics(run) >= epochs;
  };
  while (!begun() && !process.has_ended()) std::this_thread::sleep_for(milliseconds(2));
  std::this_thread::sleep_for(delay);
  process.signal(number);
  return process.wait();
}

// The same with SIGINT, until it has come in mid-epoch; the folder is then left as it is.
void interrupt_in_mid_epoch(const Workbench& bench, const std::string& name, std::size_t epochs) {
  const auto run = bench / ("out/" + name + "/seed-0");
  for (const int delay : {60, 30, 90, 15, 120, 5, 45, 75, 20, 10}) {
    fs::remove_all(bench / "out");
    const auto ended = stop_after(bench, name, "out", epochs, milliseconds(delay), SIGINT);
    INFO(ended.err);
    if (ended.exit_code != 130) continue;
    CHECK_THAT(ended.err,
               ContainsSubstring("ff: out/" + name +
                                 "/seed-0: interrupted; the same command with "
                                 "--resume goes on from here\n"));
    CHECK_FALSE(fs::exists(run / "DONE"));
    if (position_in(run).at(2) > 0) return;
  }
  FAIL("no interrupt came in the middle of an epoch");
}

void check_resumes(const Json& config, std::vector<std::size_t> epochs) {
  const Workbench bench;
  const auto name = config["name"].get<std::string>();
  bench.write(name + ".json", config);
  REQUIRE(bench.run({name + ".json", "--out", "whole"}).exit_code == 0);
  for (const auto count : epochs) {
    interrupt_in_mid_epoch(bench, name, count);
    const auto ended = bench.run({name + ".json", "--out", "out", "--resume"});
    INFO(ended.err);
    CAPTURE(name, count);
    REQUIRE(ended.exit_code == 0);
    CHECK(run_differences(bench / ("whole/" + name + "/seed-0"),
                          bench / ("out/" + name + "/seed-0")) == std::vector<std::string>{});
  }
}

}  // namespace

TEST_CASE("Sequential Forward-Forward resumes to the same bits", "[e2e]") {
  check_resumes(with(small_ff("sequential"),
                     {{"negatives", {{"redraw", "epoch"}}},
                      {"batch_size", 2},
                      {"evaluate", {{"every_epoch", true}}},
                      {"prune", {{"ratios", {0.9}}}}}),
                {0, 4});
}

TEST_CASE("Parallel Forward-Forward resumes to the same bits", "[e2e]") {
  for (const auto* engine : {"autograd", "fused"}) {
    check_resumes(with(small_ff("parallel"),
                       {{"schedule", {{"type", "parallel"}, {"epochs", 3}}},
                        {"negatives", {{"pairing", "paired"}}},
                        {"batch_size", engine == std::string("fused") ? 2 : 64},
                        {"engine", engine},
                        {"random_order", "notebook-after-sequential"}}),
                  {0, 2});
  }
}

TEST_CASE("Training as in Hinton's paper resumes to the same bits", "[e2e]") {
  const Json common = {{"schedule", {{"type", "parallel"}, {"epochs", 4}}},
                       {"batch_size", 2},
                       {"augment", {{"shift", 1}, {"flip", true}}},
                       {"model", {{"dropout", 0.1}, {"peer", {{"weight", 0.03}}}}},
                       {"optimizer", {{"type", "sgd"}, {"momentum", 0.9}, {"cooldown", 0.5}}},
                       {"head", {{"type", "softmax"}}}};
  check_resumes(with(with(small_ff("hard"), common),
                     {{"negatives", {{"type", "hard-label"}, {"pairing", "paired"}}},
                      {"dataset", {{"validation", {{"count", 100}}}}},
                      {"evaluate", {{"validation_every", 2}}},
                      {"predict", {{"layers", "validation"}}}}),
                {1, 3});
  check_resumes(
      with(with(small_ff("hybrid"), common),
           {{"negatives", {{"type", "hybrid"}}},
            {"head", {{"train", "after"}, {"epochs", 3}, {"optimizer", {{"type", "adam"}}}}},
            {"predict", {{"by", "head"}}}}),
      {2, 5});
}

TEST_CASE("Backpropagation with Adam resumes to the same bits", "[e2e]") {
  check_resumes(with(small_bp("adam"),
                     {{"schedule", {{"epochs", 4}}},
                      {"batch_size", 2},
                      {"random_order", "bp-notebook"},
                      {"dataset", {{"validation", {{"count", 100}}}}}}),
                {0, 2});
}

TEST_CASE("Backpropagation with momentum resumes to the same bits", "[e2e]") {
  check_resumes(with(small_bp("sgd"),
                     {{"schedule", {{"epochs", 4}}},
                      {"model", {{"widths", {256, 4}}}},
                      {"batch_size", 2},
                      {"optimizer", {{"type", "sgd"}, {"momentum", 0.9}, {"weight_decay", 1e-4}}}}),
                {1, 3});
}

TEST_CASE("A killed run resumes from its last checkpoint", "[e2e]") {
  const Workbench bench;
  bench.write("x.json",
              with(small_ff("x"),
                   {{"schedule", {{"epochs", 4}}},
                    {"checkpoint", {{"every_epochs", 4}}},
                    {"negatives", {{"redraw", "epoch"}}}}));
  REQUIRE(bench.run({"x.json", "--out", "whole"}).exit_code == 0);
  const auto run = bench / "out/x/seed-0";
  SECTION("Lines of metrics beyond it are cut off") {
    CHECK(stop_after(bench, "x", "out", 5, milliseconds(10), SIGKILL).exit_code == 137);
    CHECK(read_metrics(run).size() >= 5);
    CHECK(position_in(run).at(3) == 4);
  }
  SECTION("Killed before the first checkpoint, it begins anew") {
    CHECK(stop_after(bench, "x", "out", 1, milliseconds(10), SIGKILL).exit_code == 137);
    CHECK_FALSE(read_metrics(run).empty());
    CHECK_FALSE(fs::exists(run / "checkpoint.pt"));
  }
  const auto refused = bench.run({"x.json", "--out", "out"});
  CHECK(refused.exit_code == 1);
  CHECK_THAT(refused.err, ContainsSubstring("add --resume to go on with it"));
  const auto ended = bench.run({"x.json", "--out", "out", "--resume"});
  INFO(ended.err);
  CHECK(ended.exit_code == 0);
  CHECK(read_metrics(run).size() == 8);
  CHECK(run_differences(bench / "whole/x/seed-0", run) == std::vector<std::string>{});
}

TEST_CASE("SIGTERM saves as Ctrl-C does, and no further seed begins", "[e2e]") {
  const Workbench bench;
  bench.write("x.json", with(small_bp("x"), {{"seeds", {0, 1}}, {"schedule", {{"epochs", 6}}}}));
  const auto ended = stop_after(bench, "x", "out", 1, milliseconds(5), SIGTERM);
  CHECK(ended.exit_code == 130);
  CHECK(ended.out.empty());
  CHECK(fs::exists(bench / "out/x/seed-0/checkpoint.pt"));
  CHECK_FALSE(fs::exists(bench / "out/x/seed-1"));
  const auto resumed = bench.run({"x.json", "--out", "out", "--resume"});
  CHECK(resumed.exit_code == 0);
  CHECK_THAT(resumed.out, ContainsSubstring("\nx           2"));
  CHECK(fs::exists(bench / "out/x/seed-1/DONE"));
}

TEST_CASE("Interrupted while it is judged, a run is judged again", "[e2e]") {
  const Workbench bench;
  bench.write("x.json",
              small_ff("x",
                       {{"dataset", {{"train_limit", 500}}},
                        {"prune", {{"ratios", {0.5, 0.9}}}},
                        {"evaluate", {{"batch_size", 1}}}}));
  REQUIRE(bench.run({"x.json", "--out", "whole"}).exit_code == 0);
  const auto ended = stop_after(bench, "x", "out", 4, milliseconds(100), SIGINT);
  CHECK(ended.exit_code == 130);
  CHECK(position_in(bench / "out/x/seed-0").at(5) == 1);  // the training is over
  CHECK_FALSE(fs::exists(bench / "out/x/seed-0/result.json"));
  CHECK(bench.run({"x.json", "--out", "out", "--resume"}).exit_code == 0);
  CHECK(run_differences(bench / "whole/x/seed-0", bench / "out/x/seed-0") ==
        std::vector<std::string>{});
}

TEST_CASE("A run may be interrupted twice", "[e2e]") {
  const Workbench bench;
  bench.write("x.json", with(small_ff("x"), Json::object()));
  REQUIRE(bench.run({"x.json", "--out", "whole"}).exit_code == 0);
  interrupt_in_mid_epoch(bench, "x", 0);
  auto again = bench.start_run({"x.json", "--out", "out", "--resume"});
  while (count_metrics(bench / "out/x/seed-0") < 2 && !again.has_ended())
    std::this_thread::sleep_for(milliseconds(2));
  again.signal(SIGINT);
  CHECK(again.wait().exit_code == 130);
  CHECK(bench.run({"x.json", "--out", "out", "--resume"}).exit_code == 0);
  CHECK(run_differences(bench / "whole/x/seed-0", bench / "out/x/seed-0") ==
        std::vector<std::string>{});
}
