// The data set belongs to the identity of a run: no command silently continues with other data.
#include "experiments/data/idx.h"
#include "tests/catch.h"
#include "tests/e2e_refused.h"

using namespace ff::test;

namespace fs = std::filesystem;

namespace {

// Writes a data set of three classes, a copy with one label changed, and a data set of five
// classes.
void write_sets(const Workbench& bench) {
  write_idx_set(bench / "first", 60, 20);
  write_idx_set(bench / "changed", 60, 20);
  write_bytes(bench / "changed/t10k-labels-idx1-ubyte", idx_labels_bytes(std::vector<int>(20)));
  write_idx_set(bench / "five", 60, 20, /*classes=*/5);
}

Json config(const Json& changes = Json::object()) {
  Json json = small_ff("x", {{"dataset", {{"name", "idx"}}}, {"schedule", {{"epochs", 1}}}});
  json.merge_patch(changes);
  return json;
}

void make_run(const Workbench& bench, const std::string& data) {
  const auto ended = bench.run({"x.json", "--data-root", data});
  INFO(ended.err);
  REQUIRE(ended.exit_code == 0);
}

// Removes the files that a finished run has and an interrupted one lacks.
void make_unfinished(const fs::path& run) {
  fs::remove(run / "DONE");
  fs::remove(run / "result.json");
}

// Reduces the data record to the folder, as older versions wrote it.
void forget_data(const fs::path& run) {
  auto environment = read_json(run / "environment.json");
  environment["data"] = environment["data_folder"];
  environment.erase("data_folder");
  write_bytes(run / "environment.json", environment.dump(2));
}

}  // namespace

TEST_CASE("A finished run on other data is not taken for this one", "[e2e]") {
  const Workbench bench;
  write_sets(bench);
  bench.write("x.json", config());
  make_run(bench, "first");
  const auto other = check_run_refused(bench,
                                       {"x.json", "--data-root", "changed"},
                                       {"runs/x/seed-0: holds a run on other data: test_crc32: \"",
                                        "; choose another --out or name, remove the folder, or "
                                        "pass the data of that run with --data-root"});
  CHECK_THAT(other.err, !ContainsSubstring("train_crc32"));
  check_run_refused(bench, {"x.json", "--data-root", "five"}, {"classes: 5 here, 3 there"});
  check_run_refused(bench,
                    {"x.json", "--data-root", "five", "--set", "batch_size=7"},
                    {"batch_size: 7 here", "data.classes: 5 here, 3 there"});

  write_idx_set(bench / "moved/idx", 60, 20, /*classes=*/3, /*packed=*/true);
  const auto same = bench.run({"x.json", "--data-root", "moved"});
  CHECK(same.exit_code == 0);
  CHECK_THAT(same.err, ContainsSubstring("finished before; skipped"));
}

TEST_CASE("A run does not go on with other data", "[e2e]") {
  const Workbench bench;
  write_sets(bench);
  bench.write("x.json", config());
  make_run(bench, "first");
  make_unfinished(bench / "runs/x/seed-0");
  check_run_refused(bench,
                    {"x.json", "--data-root", "five", "--resume"},
                    {"holds a run on other data: classes: 5 here, 3 there"});
  CHECK(bench.run({"x.json", "--data-root", "first", "--resume"}).exit_code == 0);
  CHECK(fs::exists(bench / "runs/x/seed-0/DONE"));
}

TEST_CASE("Runs of versions that did not record their data are the same runs", "[e2e]") {
  const Workbench bench;
  write_sets(bench);
  bench.write("x.json", config());
  make_run(bench, "first");
  forget_data(bench / "runs/x/seed-0");
  CHECK(bench.run({"x.json", "--data-root", "changed"}).exit_code == 0);
  CHECK(bench.ff({"table", "runs"}).exit_code == 0);
  const auto evaluated = bench.ff({"evaluate", "runs/x/seed-0", "--data-root", "changed"});
  CHECK(evaluated.exit_code == 0);
  CHECK(evaluated.err.find("the data differ") == std::string::npos);
}

TEST_CASE("ff evaluate says when the data are not the run's, and needs as many classes", "[e2e]") {
  const Workbench bench;
  write_sets(bench);
  bench.write("x.json", config());
  make_run(bench, "first");
  const auto on = [&](const std::string& data) {
    return bench.ff({"evaluate", "runs/x/seed-0", "--threads", "1", "--data-root", data});
  };
  CHECK(on("first").err.empty());
  const auto changed = on("changed");
  CHECK(changed.exit_code == 0);
  CHECK_THAT(
      changed.err,
      ContainsSubstring(
          "ff evaluate: warning: the data differ from those of runs/x/seed-0: test_crc32: \""));
  const auto five = on("five");
  CHECK(five.exit_code == 1);
  CHECK(five.out.empty());
  CHECK_THAT(five.err,
             ContainsSubstring("ff: runs/x/seed-0: was trained on other data: classes: 5 here, 3 "
                               "there"));
}

TEST_CASE("A data root that lacks the set is an error, whatever lies elsewhere", "[e2e]") {
  const Workbench bench;
  write_sets(bench);
  write_idx_set(bench / "data/idx", 60, 20);
  fs::create_directories(bench / "empty");
  bench.write("x.json", config());
  check_run_refused(
      bench,
      {"x.json", "--data-root", "empty"},
      {"data set idx not found; tried empty/idx, --data-root empty, empty/raw (no other place, "
       "because --data-root is given); to get it: put your own IDX files"});
  bench.write("y.json", config({{"dataset", {{"root", "empty"}}}}));
  check_run_refused(bench, {"y.json"}, {"(no other place, because dataset.root is given)"});
  CHECK(bench.run({"x.json", "--dry-run"}).exit_code == 0);
}

TEST_CASE("Labels from 1 and files by a prefix are said, and recorded", "[e2e]") {
  const Workbench bench;
  write_idx_set(bench / "own", 60, 20);
  std::vector<int> labels;
  for (int i = 0; i < 60; ++i) labels.push_back(1 + i % 3);
  write_bytes(bench / "own/train-labels-idx1-ubyte", idx_labels_bytes(labels));
  for (const auto* name : ff::experiments::kIdxNames) {
    fs::rename(bench / "own" / name, bench / "own" / (std::string("my-") + name));
  }
  bench.write("x.json", config({{"seeds", {0, 1}}}));
  const auto ended = bench.run({"x.json", "--data-root", "own", "--quiet"});
  CHECK(ended.exit_code == 0);
  const Json warnings = read_json(bench / "runs/x/seed-1/environment.json")["warnings"];
  REQUIRE(warnings.size() == 2);
  CHECK_THAT(warnings[0].get<std::string>(), ContainsSubstring("is read from the files my-..."));
  CHECK_THAT(warnings[1].get<std::string>(), ContainsSubstring("no training image is of class 0"));
  for (const auto& warning : warnings) {
    const auto line = "ff run: warning: " + warning.get<std::string>() + "\n";
    const auto first = ended.err.find(line);
    REQUIRE(first != std::string::npos);
    CHECK(ended.err.find(line, first + 1) == std::string::npos);
  }
}

TEST_CASE("Predictions are of each part of a split set", "[e2e]") {
  const Workbench bench;
  bench.write("x.json", small_ff("x", {{"dataset", {{"validation", {{"count", 300}}}}}}));
  REQUIRE(bench.run({"x.json"}).exit_code == 0);
  const auto run = bench / "runs/x/seed-0";
  const auto predictions = ff::experiments::load_tensors(run / "predictions.pt");
  CHECK(predictions.size() == 3);
  CHECK(predictions.at("train").numel() == 1700);
  CHECK(predictions.at("validation").numel() == 300);
  CHECK(predictions.at("test").numel() == 500);
  const auto saved = bench.ff(
      {"evaluate", "runs/x/seed-0", "--threads", "1", "--on", "validation", "--save", "v.pt"});
  CHECK(saved.exit_code == 0);
  CHECK(ff::experiments::load_tensors(bench / "v.pt")
            .at("predictions")
            .equal(predictions.at("validation")));
}
