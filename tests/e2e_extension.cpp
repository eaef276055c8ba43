// A finished run that is extended is bit-identical to a run of that length.
#include "tests/e2e_refused.h"

using namespace ff::test;

namespace fs = std::filesystem;

namespace {

const std::vector<std::string> kToSix = {"--set", "schedule.epochs=6"};

std::vector<std::string> with(std::vector<std::string> arguments,
                              const std::vector<std::string>& more) {
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

// Trains three epochs, extends the run to six and compares it with six epochs from the start.
void check_extends(const Json& config) {
  const Workbench bench;
  bench.write("x.json", config);
  const auto name = config["name"].get<std::string>();
  REQUIRE(bench.run({"x.json", "--set", "schedule.epochs=3"}).exit_code == 0);
  REQUIRE(bench.run(with({"x.json", "--out", "whole"}, kToSix)).exit_code == 0);
  const auto ended = bench.run(with({"x.json", "--resume"}, kToSix));
  CAPTURE(name, ended.err);
  REQUIRE(ended.exit_code == 0);
  const auto run = bench / ("runs/" + name + "/seed-0");
  CHECK(fs::exists(run / "DONE"));
  CHECK(run_differences(bench / ("whole/" + name + "/seed-0"), run) == std::vector<std::string>{});
  CHECK(read_json(run / "config.json")["schedule"]["epochs"] == 6);
  CHECK(bench.ff({"compare", "runs/" + name + "/seed-0", "whole/" + name + "/seed-0"}).exit_code ==
        0);
}

void check_not_extended(const Json& config, const std::string& reason) {
  const Workbench bench;
  bench.write("x.json", config);
  REQUIRE(bench.run({"x.json", "--set", "schedule.epochs=2"}).exit_code == 0);
  check_run_refused(
      bench,
      with({"x.json", "--resume"}, kToSix),
      {"holds this run with schedule.epochs 2, not 6, and cannot be extended: " + reason});
}

const Json kSmall = {{"dataset", {{"train_limit", 300}, {"test_limit", 100}}}};

Json small(Json config, const Json& changes) {
  config.merge_patch(kSmall);
  config.merge_patch(changes);
  return config;
}

}  // namespace

TEST_CASE("A finished run is made longer, to the bits of a run of that length", "[e2e]") {
  check_extends(small(small_ff("chooses"),
                      {{"schedule", {{"type", "parallel"}}},
                       {"dataset", {{"validation", {{"count", 100}}}}},
                       {"predict", {{"layers", "validation"}}},
                       {"evaluate", {{"every_epoch", true}}},
                       {"negatives", {{"redraw", "epoch"}}}}));
  check_extends(small(small_ff("head"),
                      {{"schedule", {{"type", "parallel"}}},
                       {"head", {{"type", "softmax"}}},
                       {"checkpoint", {{"keep", "all"}}},
                       {"prune", {{"ratios", {0.5}}}}}));
  check_extends(small(small_ff("one"), {{"model", {{"widths", {16}}}}}));  // sequential schedule
  check_extends(small(small_bp("bp"), {{"random_order", "bp-notebook"}}));
  check_extends(small(small_bp("hebbian"), {{"model", {{"type", "soft-hebb"}}}}));
  check_extends(small(small_bp("targets"),
                      {{"model", {{"type", "dtp"}}}, {"targets", {{"pretrain_epochs", 1}}}}));
}

TEST_CASE("A run whose first epochs depend on how many there are stays as it is", "[e2e]") {
  check_not_extended(
      small(small_ff("x"), Json::object()),
      "its 'layer 0' would need more epochs before 'layer 1' begins; choose another");
  check_not_extended(small(small_bp("x"), {{"optimizer", {{"cooldown", 0.5}}}}),
                     "optimizer.cooldown schedules the learning rate over all epochs");
  check_not_extended(small(small_ff("x"),
                           {{"schedule", {{"type", "parallel"}}},
                            {"head", {{"type", "softmax"}, {"train", "after"}}}}),
                     "its 'all layers' would need more epochs before 'head' begins");
  check_not_extended(small(small_ff("x"),
                           {{"schedule", {{"type", "parallel"}}},
                            {"head", {{"type", "softmax"}, {"optimizer", {{"cooldown", 0.5}}}}}}),
                     "head.optimizer.cooldown schedules the learning rate");
  check_not_extended(
      small(small_ff("x"),
            {{"schedule", {{"type", "parallel"}}}, {"random_order", "notebook-after-sequential"}}),
      "random_order notebook-after-sequential makes draws before training");
}

TEST_CASE("Longer needs --resume, and shorter is another run", "[e2e]") {
  const Workbench bench;
  bench.write("x.json", small(small_bp("x"), {{"schedule", {{"epochs", 3}}}}));
  REQUIRE(bench.run({"x.json"}).exit_code == 0);
  check_run_refused(bench,
                    with({"x.json"}, kToSix),
                    {"runs/x/seed-0: holds this run with schedule.epochs 3, not 6; add --resume to "
                     "extend it, or choose another --out or name\n"});
  check_run_refused(bench,
                    {"x.json", "--resume", "--set", "schedule.epochs=2"},
                    {"differs in schedule.epochs: 2 here, 3 there"});
  check_run_refused(bench,
                    with({"x.json", "--resume", "--set", "batch_size=3"}, kToSix),
                    {"differs in batch_size: 3 here, ", "schedule.epochs: 6 here, 3 there"});
}

TEST_CASE("Without its checkpoint, a finished run keeps what it has", "[e2e]") {
  const Workbench bench;
  bench.write("x.json", small(small_bp("x"), Json::object()));
  REQUIRE(bench.run({"x.json"}).exit_code == 0);
  const auto checkpoint = bench / "runs/x/seed-0/checkpoint.pt";
  fs::resize_file(checkpoint, fs::file_size(checkpoint) / 2);
  check_run_refused(bench,
                    with({"x.json", "--resume"}, kToSix),
                    {"cannot be extended: ", "checkpoint.pt: truncated"});
  fs::remove(checkpoint);
  check_run_refused(bench,
                    with({"x.json", "--resume"}, kToSix),
                    {"cannot be extended: ", "checkpoint.pt: No such file"});
}

TEST_CASE("Stopped while it is made longer, a run goes on with either length", "[e2e]") {
  const Workbench bench;
  bench.write("x.json", small(small_bp("x"), {{"schedule", {{"epochs", 3}}}}));
  const auto run = bench / "runs/x/seed-0";
  REQUIRE(bench.run(with({"x.json", "--out", "whole"}, kToSix)).exit_code == 0);
  REQUIRE(bench.run({"x.json", "--out", "three"}).exit_code == 0);
  REQUIRE(bench.run({"x.json"}).exit_code == 0);
  // State after a process is killed following the first step of extend().
  fs::remove(run / "DONE");
  SECTION("The same length") {
    CHECK(bench.run({"x.json", "--resume"}).exit_code == 0);
    CHECK(run_differences(bench / "three/x/seed-0", run) == std::vector<std::string>{});
  }
  SECTION("Longer") {
    fs::remove(run / "result.json");
    CHECK(bench.run(with({"x.json", "--resume"}, kToSix)).exit_code == 0);
    CHECK(run_differences(bench / "whole/x/seed-0", run) == std::vector<std::string>{});
  }
}

TEST_CASE("Lines of metrics.jsonl that are missing before the checkpoint are told", "[e2e]") {
  const Workbench bench;
  bench.write("x.json", small(small_bp("x"), {{"schedule", {{"epochs", 3}}}}));
  REQUIRE(bench.run({"x.json"}).exit_code == 0);
  const auto run = bench / "runs/x/seed-0";
  fs::remove(run / "DONE");
  const auto lines = read_metrics(run);
  SECTION("None is missing") {
    const auto ended = bench.run({"x.json", "--resume", "--quiet"});
    CHECK(ended.exit_code == 0);
    CHECK(ended.err.empty());
    CHECK_FALSE(read_json(run / "environment.json").contains("warnings"));
    CHECK(read_metrics(run) == lines);
  }
  SECTION("A line was cut, another damaged") {
    write_bytes(run / "metrics.jsonl",
                lines[0].dump().substr(0, 9) + "\n" + lines[2].dump() + "\n");
    const auto ended = bench.run({"x.json", "--resume", "--quiet"});
    CHECK(ended.exit_code == 0);
    const std::string text =
        "runs/x/seed-0/metrics.jsonl: has no line for epochs 1, 2 of the 3 up to the checkpoint";
    CHECK_THAT(ended.err, ContainsSubstring("warning: " + text));
    const auto warnings = read_json(run / "environment.json")["warnings"];
    REQUIRE(warnings.size() == 1);
    CHECK_THAT(warnings[0].get<std::string>(), ContainsSubstring(text));
    CHECK(read_metrics(run) == std::vector<Json>{lines[2]});
  }
  SECTION("The file was removed") {
    fs::remove(run / "metrics.jsonl");
    CHECK_THAT(bench.run({"x.json", "--resume"}).err,
               ContainsSubstring("has no line for epochs 1, 2, 3 of the 3 up"));
  }
}
