// `ff evaluate` on a finished run reproduces the metrics of its result.json.
#include <sstream>

#include <ATen/Functions.h>

#include "tests/catch.h"
#include "tests/e2e_workbench.h"

using namespace ff::test;

namespace fs = std::filesystem;

namespace {

std::string four_digits(const Json& accuracy) {
  char text[16];
  std::snprintf(text, sizeof text, "%.4f", accuracy.get<double>());
  return text;
}

struct ClassRow {
  std::int64_t images, found;
  double recall, precision;
};

// Parses the rows of the per-class table.
std::vector<ClassRow> class_rows(const std::string& text) {
  std::vector<ClassRow> rows;
  std::istringstream lines(text);
  std::string line;
  std::getline(lines, line);
  CHECK_THAT(line, ContainsSubstring("class    images     found    recall  precision"));
  while (std::getline(lines, line) && !line.starts_with("t") && !line.starts_with("v")) {
    std::istringstream words(line);
    std::size_t number = 0;
    ClassRow row{};
    words >> number >> row.images >> row.found >> row.recall >> row.precision;
    CHECK(number == rows.size());
    rows.push_back(row);
  }
  return rows;
}

// Trains a network in runs/x/seed-0.
Json make_run(const Workbench& bench, const Json& config) {
  bench.write("x.json", config);
  const auto ended = bench.run({"x.json"});
  INFO(ended.err);
  REQUIRE(ended.exit_code == 0);
  return read_json(bench / "runs/x/seed-0/result.json");
}

Ended evaluate(const Workbench& bench, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"evaluate", "runs/x/seed-0", "--threads", "1"});
  return bench.ff(arguments);
}

const Json kConfig = {{"prune", {{"ratios", {0.5, 0.9}}}},
                      {"dataset", {{"validation", {{"count", 300}}}}}};

}  // namespace

TEST_CASE("The table by class adds up to the accuracy of the run", "[e2e]") {
  const Workbench bench;
  const auto result = make_run(bench, small_ff("x", kConfig));
  const auto before = bench.snapshot();
  for (const auto& [set, images] :
       std::map<std::string, int>{{"test", 500}, {"train", 1700}, {"validation", 300}}) {
    const auto ended = evaluate(bench, {"--on", set});
    CHECK(ended.exit_code == 0);
    CHECK(ended.err.empty());
    const auto rows = class_rows(ended.out);
    REQUIRE(rows.size() == 4);
    std::int64_t all = 0, found = 0;
    for (const auto& row : rows) {
      all += row.images;
      found += row.found;
      CHECK(row.recall ==
            Approx(static_cast<double>(row.found) / static_cast<double>(row.images)).margin(6e-5));
    }
    CHECK(all == images);
    const auto& accuracy = result[set + "_accuracy"];
    CHECK(static_cast<double>(found) / images == Approx(accuracy.get<double>()));
    CHECK_THAT(ended.out, ContainsSubstring(set + ": accuracy " + four_digits(accuracy) + "\n"));
    const auto& layers = result["accuracy_by_layer"][set];
    CHECK_THAT(ended.out,
               ContainsSubstring("each layer alone:       " + four_digits(layers[0]) + ", " +
                                 four_digits(layers[1])));
  }
  CHECK(changes_between(before, bench.snapshot()).empty());
}

TEST_CASE("Pruning later is pruning in the run", "[e2e]") {
  const Workbench bench;
  for (const auto& config : {small_ff("x", kConfig), small_bp("x", kConfig)}) {
    fs::remove_all(bench / "runs");
    const auto result = make_run(bench, config);
    const auto ended = evaluate(bench, {"--prune", "0.5,0.9"});
    CHECK(ended.exit_code == 0);
    for (const auto* ratio : {"0.5", "0.9"}) {
      CHECK_THAT(
          ended.out,
          ContainsSubstring(std::string("test, ") + ratio + " of the weights pruned: accuracy " +
                            four_digits(result["pruned"][ratio]["test_accuracy"]) + "\n"));
    }
  }
  const auto whole = evaluate(bench, {"--prune", "0.9", "--scope", "network"});
  CHECK(whole.exit_code == 0);
  CHECK_THAT(whole.out, ContainsSubstring("test, 0.9 of the weights pruned: accuracy "));
}

TEST_CASE("--save writes labels, predictions, scores and goodness", "[e2e]") {
  const Workbench bench;
  make_run(bench, small_ff("x", kConfig));
  const auto ended = evaluate(bench, {"--save", "scores.pt"});
  CHECK(ended.exit_code == 0);
  CHECK_THAT(ended.out, ContainsSubstring("wrote scores.pt\n"));
  const auto saved = ff::experiments::load_tensors(bench / "scores.pt");
  CHECK(saved.size() == 4);
  CHECK(saved.at("labels").sizes() == at::IntArrayRef{500});
  CHECK(saved.at("scores").sizes() == at::IntArrayRef{500, 4});
  CHECK(saved.at("scores_by_layer").sizes() == at::IntArrayRef({500, 4, 2}));
  CHECK(saved.at("scores").argmax(1).equal(saved.at("predictions")));
  const auto predictions = ff::experiments::load_tensors(bench / "runs/x/seed-0/predictions.pt");
  CHECK(saved.at("predictions").equal(predictions.at("test")));
  const auto nowhere = evaluate(bench, {"--save", "no/such/folder.pt"});
  CHECK(nowhere.exit_code == 1);
  CHECK_THAT(nowhere.err, ContainsSubstring("ff: cannot write no/such/folder.pt: No such file"));
}

TEST_CASE("What ff evaluate refuses", "[e2e]") {
  const Workbench bench;
  make_run(bench, small_bp("x"));
  const auto check =
      [&](const std::vector<std::string>& arguments, int exit_code, const std::string& part) {
        const auto ended = evaluate(bench, arguments);
        CHECK(ended.exit_code == exit_code);
        CHECK(ended.out.empty());
        CHECK_THAT(ended.err, ContainsSubstring(part));
      };
  check({"--on", "validation"}, 1, "--on validation: the run has no validation images");
  check({"--on", "all"}, 2, "--on all: allowed: train, validation, test");
  check(
      {"--prune", "1.5"},
      1,
      "prune.ratios: [1.5] is not allowed; allowed: a list of: a number at least 0 and at most 1");
  check({"--prune", "0.9", "--scope", "all"},
        1,
        "prune.scope: \"all\" is not allowed; allowed: layer, network");
  check({"--device", "cuda"}, 1, "--device cuda: no CUDA device found (");
  const auto missing = bench.ff({"evaluate", "runs/y/seed-0"});
  CHECK(missing.exit_code == 1);
  CHECK_THAT(missing.err,
             ContainsSubstring("ff: runs/y/seed-0: is not a finished run (no config.json); name a "
                               "folder such as runs/NAME/seed-0"));
  fs::resize_file(bench / "runs/x/seed-0/checkpoint.pt", 1000);
  check({}, 1, "runs/x/seed-0/checkpoint.pt: truncated, or not a checkpoint");
}
