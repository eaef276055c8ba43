// Interrupted and resumed training is bit-identical to uninterrupted training.
#include <csignal>
#include <thread>

#include "tests/catch.h"
#include "tests/e2e_workbench.h"

using namespace ff::test;

namespace fs = std::filesystem;

namespace {

using std::chrono::milliseconds;

// Epochs of 500 steps, so that a signal arrives within one.
const Json kLong = {{"batch_size", 4}, {"dataset", {{"test_limit", 100}}}};

Json with(Json config, const Json& changes) {
  config.merge_patch(kLong);
  config.merge_patch(changes);
  return config;
}

// Starts NAME.json in out/NAME/seed-0 and sends signal `number` when metrics.jsonl has the given
// number of lines.
Ended stop_after(const Workbench& bench,
                 const std::string& name,
                 const std::string& out,
                 std::size_t lines,
                 int number) {
  const auto run = bench / (out + "/" + name + "/seed-0");
  auto process = bench.start_run({name + ".json", "--out", out});
  const auto begun = [&] { return fs::exists(run / "config.json") && count_metrics(run) >= lines; };
  while (!begun() && !process.has_ended()) std::this_thread::sleep_for(milliseconds(2));
  process.signal(number);
  return process.wait();
}

// Runs NAME.json into out until the given number of steps has been trained.
Ended stop_after_steps(const Workbench& bench,
                       const std::string& name,
                       std::int64_t steps,
                       const std::vector<std::string>& more = {}) {
  std::vector<std::string> arguments = {"run", name + ".json", "--out", "out", "--threads", "1"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return bench.ff(arguments,
                  {.environment = {{"FF_TEST_STOP_AFTER_STEPS", std::to_string(steps)}}});
}

// Returns the number of steps of the first `epochs` epochs of a finished run plus half of the next
// one.
std::int64_t steps_to_middle(const fs::path& run, std::size_t epochs) {
  std::int64_t steps = 0;
  for (const auto& line : read_metrics(run)) {
    if (!line.contains("steps")) continue;
    const auto in_epoch = line["steps"].get<std::int64_t>();
    if (epochs == 0) return steps + in_epoch / 2;
    steps += in_epoch;
    --epochs;
  }
  throw std::logic_error("the run has fewer epochs");
}

void interrupt_in_mid_epoch(const Workbench& bench, const std::string& name, std::size_t epochs) {
  const auto run = bench / ("out/" + name + "/seed-0");
  fs::remove_all(bench / "out");
  const auto steps = steps_to_middle(bench / ("whole/" + name + "/seed-0"), epochs);
  const auto ended = stop_after_steps(bench, name, steps);
  INFO(ended.err);
  REQUIRE(ended.exit_code == 130);
  CHECK_THAT(
      ended.err,
      ContainsSubstring("ff: out/" + name +
                        "/seed-0: interrupted; run the same command with --resume to continue\n"));
  CHECK_FALSE(fs::exists(run / "DONE"));
  const auto position = position_in(run);
  CHECK(position.at(2) > 0);
  CHECK(position.at(3) == static_cast<std::int64_t>(epochs));
  CHECK(position.at(4) == steps);
}

void check_resumes(const Json& config, std::vector<std::size_t> epochs) {
  const Workbench bench;
  const auto name = config["name"].get<std::string>();
  bench.write(name + ".json", config);
  REQUIRE(bench.run({name + ".json", "--out", "whole"}).exit_code == 0);
  for (const auto count : epochs) {
    CAPTURE(name, count);
    interrupt_in_mid_epoch(bench, name, count);
    const auto ended = bench.run({name + ".json", "--out", "out", "--resume"});
    INFO(ended.err);
    REQUIRE(ended.exit_code == 0);
    CHECK(run_differences(bench / ("whole/" + name + "/seed-0"),
                          bench / ("out/" + name + "/seed-0")) == std::vector<std::string>{});
  }
}

}  // namespace

TEST_CASE("Sequential Forward-Forward resumes to the same bits", "[e2e]") {
  check_resumes(with(small_ff("sequential"),
                     {{"negatives", {{"redraw", "epoch"}}},
                      {"evaluate", {{"every_epoch", true}}},
                      {"prune", {{"ratios", {0.9}}}}}),
                {0, 3});
}

TEST_CASE("Parallel Forward-Forward resumes to the same bits", "[e2e]") {
  for (const auto* engine : {"autograd", "fused"}) {
    check_resumes(with(small_ff("parallel"),
                       {{"schedule", {{"type", "parallel"}, {"epochs", 3}}},
                        {"negatives", {{"pairing", "paired"}}},
                        {"batch_size", engine == std::string("fused") ? 4 : 64},
                        {"engine", engine},
                        {"random_order", "notebook-after-sequential"}}),
                  {0, 2});
  }
}

TEST_CASE("Training as in Hinton's paper resumes to the same bits", "[e2e]") {
  const Json common = {{"schedule", {{"type", "parallel"}, {"epochs", 4}}},
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

TEST_CASE("Objectives without negatives resume to the same bits", "[e2e][objective]") {
  const Json conv = {{"type", "conv"}, {"channels", 8}, {"kernel", 3}, {"padding", 1}};
  const Json layers = {conv,
                       {{"type", "batch-norm"}},
                       {{"type", "relu"}},
                       {{"type", "max-pool"}, {"kernel", 2}},
                       {{"type", "linear"}, {"width", 40}}};
  const Json common = {{"augment", {{"shift", 1}, {"flip", true}}},
                       {"model",
                        {{"widths", nullptr},
                         {"layers", layers},
                         {"dropout", 0.1},
                         {"normalize", {{"type", "none"}}}}},
                       {"schedule", {{"type", "parallel"}, {"epochs", 2}}},
                       {"batch_size", 20},
                       {"optimizer",
                        {{"learning_rate", 0.002},
                         {"weight_decay", 1e-4},
                         {"decoupled_decay", true},
                         {"schedule", "cosine"},
                         {"clip_norm", 1.0}}},
                       {"dataset", {{"validation", {{"count", 100}}}}},
                       {"predict", {{"layers", "validation"}}}};
  for (const auto* type : {"projection", "class-weights"}) {
    check_resumes(with(small_ff(type, {{"objective", {{"type", type}}}}), common), {0, 1});
  }
}

TEST_CASE("Backpropagation with Adam resumes to the same bits", "[e2e]") {
  check_resumes(with(small_bp("adam"),
                     {{"schedule", {{"epochs", 4}}},
                      {"random_order", "bp-notebook"},
                      {"dataset", {{"validation", {{"count", 100}}}}}}),
                {0, 2});
}

TEST_CASE("Backpropagation with momentum resumes to the same bits", "[e2e]") {
  check_resumes(with(small_bp("sgd"),
                     {{"schedule", {{"epochs", 4}}},
                      {"model", {{"widths", {256, 4}}}},
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
    CHECK(stop_after(bench, "x", "out", 5, SIGKILL).exit_code == 137);
    CHECK(read_metrics(run).size() >= 5);
    CHECK(position_in(run).at(3) == 4);
  }
  SECTION("Killed before the first checkpoint, it begins anew") {
    CHECK(stop_after(bench, "x", "out", 1, SIGKILL).exit_code == 137);
    CHECK_FALSE(read_metrics(run).empty());
    CHECK_FALSE(fs::exists(run / "checkpoint.pt"));
  }
  const auto refused = bench.run({"x.json", "--out", "out"});
  CHECK(refused.exit_code == 1);
  CHECK_THAT(refused.err, ContainsSubstring("add --resume to continue it"));
  const auto ended = bench.run({"x.json", "--out", "out", "--resume"});
  INFO(ended.err);
  CHECK(ended.exit_code == 0);
  CHECK(read_metrics(run).size() == 8);
  CHECK(run_differences(bench / "whole/x/seed-0", run) == std::vector<std::string>{});
}

TEST_CASE("A signal saves as Ctrl-C does, and no further seed begins", "[e2e]") {
  const Workbench bench;
  bench.write("x.json", with(small_bp("x"), {{"seeds", {0, 1}}, {"schedule", {{"epochs", 6}}}}));
  const auto number = GENERATE(SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGXCPU);
  CAPTURE(number);
  const auto ended = stop_after(bench, "x", "out", 1, number);
  INFO(ended.err);
  CHECK(ended.exit_code == 130);
  CHECK(ended.out.empty());
  CHECK_THAT(ended.err,
             ContainsSubstring("out/x/seed-0: interrupted; run the same command with --resume"));
  CHECK(fs::exists(bench / "out/x/seed-0/checkpoint.pt"));
  CHECK_FALSE(fs::exists(bench / "out/x/seed-1"));
  const auto resumed = bench.run({"x.json", "--out", "out", "--resume"});
  CHECK(resumed.exit_code == 0);
  CHECK_THAT(resumed.out, ContainsSubstring("\nx           2"));
  CHECK(fs::exists(bench / "out/x/seed-1/DONE"));
}

TEST_CASE("A run that nohup started goes on when the terminal closes", "[e2e]") {
  const Workbench bench;
  bench.write("x.json", with(small_bp("x"), {{"schedule", {{"epochs", 6}}}}));
  auto process = bench.start({"run", "x.json", "--threads", "1"}, {.nohup = true});
  while (count_metrics(bench / "runs/x/seed-0") < 1 && !process.has_ended()) {
    std::this_thread::sleep_for(milliseconds(2));
  }
  process.signal(SIGHUP);
  CHECK(process.wait().exit_code == 0);
  CHECK(fs::exists(bench / "runs/x/seed-0/DONE"));
}

TEST_CASE("Interrupted while it is judged, a run is judged again", "[e2e]") {
  const Workbench bench;
  bench.write("x.json", small_ff("x", {{"prune", {{"ratios", {0.5, 0.9}}}}}));
  REQUIRE(bench.run({"x.json", "--out", "whole"}).exit_code == 0);
  const auto whole = bench / "whole/x/seed-0";
  // The stop request arrives with the last step, before the final evaluation.
  const auto ended = stop_after_steps(bench, "x", read_json(whole / "result.json")["steps"]);
  CHECK(ended.exit_code == 130);
  CHECK(position_in(bench / "out/x/seed-0").at(5) == 1);  // the training is finished
  CHECK_FALSE(fs::exists(bench / "out/x/seed-0/result.json"));
  CHECK(bench.run({"x.json", "--out", "out", "--resume"}).exit_code == 0);
  CHECK(run_differences(whole, bench / "out/x/seed-0") == std::vector<std::string>{});
}

TEST_CASE("A run may be interrupted twice, and at the end of an epoch", "[e2e]") {
  const Workbench bench;
  bench.write("x.json", with(small_ff("x"), Json::object()));
  REQUIRE(bench.run({"x.json", "--out", "whole"}).exit_code == 0);
  interrupt_in_mid_epoch(bench, "x", 0);
  CHECK(stop_after_steps(bench, "x", 250, {"--resume"}).exit_code == 130);
  CHECK(position_in(bench / "out/x/seed-0") == std::vector<std::int64_t>{0, 1, 0, 1, 500, 0});
  CHECK(bench.run({"x.json", "--out", "out", "--resume"}).exit_code == 0);
  CHECK(run_differences(bench / "whole/x/seed-0", bench / "out/x/seed-0") ==
        std::vector<std::string>{});
}

TEST_CASE("Interrupted while an epoch's end is looked at, a run looks again", "[e2e]") {
  const Workbench bench;
  bench.write("x.json",
              with(small_ff("x"),
                   {{"random_order", "bp-notebook"}, {"evaluate", {{"every_epoch", true}}}}));
  REQUIRE(bench.run({"x.json", "--out", "whole"}).exit_code == 0);
  const auto run = bench / "out/x/seed-0";
  SECTION("after an epoch") {
    CHECK(stop_after_steps(bench, "x", 500).exit_code == 130);
    CHECK(position_in(run) == std::vector<std::int64_t>{0, 0, 500, 0, 500, 0});
    CHECK(read_metrics(run).size() == 1);  // epoch 0
  }
  SECTION("before the first step") {
    const auto ended = stop_after_steps(bench, "x", 0);
    CHECK(ended.exit_code == 130);
    CHECK_THAT(ended.err,
               ContainsSubstring("ff: x seed 0: interrupted before its first step; run the same "
                                 "command with --resume to start it\n"));
    CHECK(read_metrics(run).empty());
  }
  CHECK(bench.run({"x.json", "--out", "out", "--resume"}).exit_code == 0);
  CHECK(run_differences(bench / "whole/x/seed-0", run) == std::vector<std::string>{});
}

TEST_CASE("Interrupted while layers are chosen, a run chooses them again", "[e2e]") {
  const Workbench bench;
  bench.write("x.json",
              small_ff("x",
                       {{"dataset", {{"validation", {{"count", 100}}}}},
                        {"predict", {{"layers", "validation"}}}}));
  REQUIRE(bench.run({"x.json", "--out", "whole"}).exit_code == 0);
  const auto whole = bench / "whole/x/seed-0", run = bench / "out/x/seed-0";
  CHECK(stop_after_steps(bench, "x", read_json(whole / "result.json")["steps"]).exit_code == 130);
  CHECK(position_in(run).at(5) == 1);
  CHECK(bench.run({"x.json", "--out", "out", "--resume"}).exit_code == 0);
  CHECK(run_differences(whole, run) == std::vector<std::string>{});
}

TEST_CASE("A run on an emulated GPU stops after the steps that were asked for", "[e2e][gpu]") {
  const Workbench bench;
  bench.write("x.json", with(small_ff("x"), {{"schedule", {{"epochs", 1}}}}));
  const auto ended = stop_after_steps(bench, "x", 37, {"--device", "emulated"});
  INFO(ended.err);
  CHECK(ended.exit_code == 130);
  CHECK(position_in(bench / "out/x/seed-0").at(4) == 37);
}

TEST_CASE("Steps before a stop that are no number are refused", "[e2e]") {
  const Workbench bench;
  bench.write("x.json", small_ff("x"));
  const auto ended =
      bench.ff({"run", "x.json"}, {.environment = {{"FF_TEST_STOP_AFTER_STEPS", "soon"}}});
  CHECK(ended.exit_code == 1);
  CHECK_THAT(ended.err,
             ContainsSubstring("FF_TEST_STOP_AFTER_STEPS=soon: expected a whole number"));
  CHECK_FALSE(fs::exists(bench / "runs"));
}
