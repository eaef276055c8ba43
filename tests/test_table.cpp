#include <cmath>
#include <sstream>

#include "experiments/config/config.h"
#include "experiments/records/run_record.h"
#include "experiments/table/columns.h"
#include "experiments/table/display_width.h"
#include "experiments/table/formats.h"
#include "experiments/table/table.h"
#include "ff/core/find_choice.h"
#include "tests/catch.h"
#include "tests/data_files.h"
#include "tests/run_files.h"

using namespace ff::experiments;
using namespace ff::test;

namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::string table_of(const std::filesystem::path& folder, TableFormat format) {
  return results_table(find_runs(folder).finished, format);
}

// Writes three seeds with test accuracies 0.5, 0.625 and 0.75: mean 0.625, standard deviation
// 0.125.
void write_three_seeds(const std::filesystem::path& out, const std::string& name) {
  for (const std::int64_t seed : {0, 1, 2}) {
    write_sample_run(out, name, seed, 0.5 + 0.125 * static_cast<double>(seed));
  }
}

}  // namespace

TEST_CASE("A Markdown table has a row per experiment, with mean and deviation", "[table]") {
  const DataFolder folder;
  write_three_seeds(folder.path(), "b_three");
  write_sample_run(folder.path(), "a_one", 7, 0.5);
  CHECK(
      table_of(folder.path(), TableFormat::kMarkdown) ==
      "| experiment | n | test accuracy | train accuracy | first layer | first 2 layers | pruned "
      "0.9 | "
      "pruned 0.9, first layer | pruned 0.9, first 2 layers | train s | peak MiB | device | commit "
      "|\n"
      "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- | --- |\n"
      "| a_one | 1 | 0.5000 | 0.7500 | 0.2500 | 0.5000 | 0.3750 | 0.2500 | 0.5000 | 12.2 | 3 | "
      "cpu (2 threads) | 0123456789 |\n"
      "| b_three | 3 | 0.6250 ± 0.1250 | 0.7500 ± 0.0000 | 0.2500 ± 0.0000 | 0.6250 ± 0.1250 | "
      "0.3750 ± 0.0000 | 0.2500 ± 0.0000 | 0.6250 ± 0.1250 | 12.2 ± 0.0 | 3 | cpu (2 threads) | "
      "0123456789 |\n");
}

TEST_CASE("Columns that no experiment fills are left out, missing cells are empty", "[table]") {
  const DataFolder folder;
  auto result = sample_result("bp", 0, 0.5);
  for (const auto* key : {"accuracy_by_prefix", "pruned", "peak_memory_bytes"}) result.erase(key);
  write_run(folder / "bp/seed-0", result, sample_config("bp", 0), Json::object());
  const auto alone = lines_of(table_of(folder.path(), TableFormat::kMarkdown));
  CHECK(alone[0] == "| experiment | n | test accuracy | train accuracy | train s | device |");
  CHECK(alone[2] == "| bp | 1 | 0.5000 | 0.7500 | 12.2 | cpu |");
  write_sample_run(folder.path(), "ff", 0, 0.5);
  const auto both = lines_of(table_of(folder.path(), TableFormat::kMarkdown));
  CHECK(both[2] == "| bp | 1 | 0.5000 | 0.7500 |  |  |  |  |  | 12.2 |  | cpu |  |");
}

TEST_CASE("Runs that diverged are counted, and no figure counts them", "[table]") {
  const DataFolder folder;
  write_three_seeds(folder.path(), "x");
  const auto diverge = [&](const std::string& name, std::int64_t seed) {
    auto result = sample_result(name, seed, 0.5);
    for (const auto* key : {"test_accuracy", "train_accuracy", "accuracy_by_prefix", "pruned"}) {
      result.erase(key);
    }
    result["diverged"] = {{"reason", "the loss is not finite"}, {"epoch", 1}, {"step", 2}};
    const auto run = folder / (name + "/seed-" + std::to_string(seed));
    write_run(run, result, sample_config(name, seed));
    std::filesystem::rename(run / "DONE", run / "DIVERGED");
  };
  diverge("x", 0);
  diverge("y", 4);
  const auto lines = lines_of(table_of(folder.path(), TableFormat::kMarkdown));
  CHECK_THAT(lines[0], ContainsSubstring("| experiment | n | diverged | test accuracy |"));
  CHECK_THAT(lines[2], ContainsSubstring("| x | 2 | 1 | 0.6875 ± 0.0884 | 0.7500 ± 0.0000 |"));
  CHECK_THAT(lines[3], ContainsSubstring("| y | 0 | 1 |  |  |"));
  const auto json = Json::parse(table_of(folder.path(), TableFormat::kJson));
  CHECK(json[1]["diverged"] == 1);
  CHECK(json[1]["runs"][0]["result"]["diverged"]["step"] == 2);
}

TEST_CASE("A figure that one of the seeds lacks is left empty", "[table]") {
  const DataFolder folder;
  write_sample_run(folder.path(), "x", 0, 0.5);
  auto result = sample_result("x", 1, 0.5);
  result["train_accuracy"] = nullptr;
  result.erase("pruned");
  write_run(folder / "x/seed-1", result, sample_config("x", 1));
  const auto lines = lines_of(table_of(folder.path(), TableFormat::kMarkdown));
  CHECK_THAT(lines[0], !ContainsSubstring("train accuracy") && !ContainsSubstring("pruned"));
  CHECK_THAT(lines[2], ContainsSubstring("| x | 2 | 0.5000 ± 0.0000 | 0.2500"));
}

TEST_CASE("The standard deviation is over n - 1, and there is none of one value", "[table]") {
  CHECK(Figure{{1, 2, 3, 4}}.mean() == 2.5);
  CHECK(*Figure{{1, 2, 3, 4}}.standard_deviation() == Approx(std::sqrt(5.0 / 3.0)));
  CHECK_FALSE(Figure{{1}}.standard_deviation().has_value());
}

TEST_CASE("LaTeX gets booktabs' rules and nothing it would take for a command", "[table]") {
  const DataFolder folder;
  auto environment = sample_environment();
  environment["device_name"] = R"(A&B #1 50% $x {y} ~^\)";
  for (const std::int64_t seed : {0, 1}) {
    auto result = sample_result("my_name", seed, 0.5);
    result["device"] = "cuda:0";
    write_run(folder / ("my_name/seed-" + std::to_string(seed)),
              result,
              sample_config("my_name", seed),
              environment);
  }
  const auto text = table_of(folder.path(), TableFormat::kLatex);
  const auto lines = lines_of(text);
  CHECK(lines[1] == R"(\begin{tabular}{lrrrrrrrrrrll})");
  CHECK(lines[2] == R"(\toprule)");
  CHECK(lines[4] == R"(\midrule)");
  CHECK_THAT(lines[5], ContainsSubstring(R"(my\_name & $2$ & $0.5000 \pm 0.0000$ & )"));
  CHECK_THAT(lines[5],
             ContainsSubstring(R"( & A\&B \#1 50\% \$x \{y\} \~{}\^{}\textbackslash{} & )"));
  CHECK(lines[6] == R"(\bottomrule)");
  CHECK(lines[7] == R"(\end{tabular})");
}

TEST_CASE("CSV has mean and deviation apart, in full, and quotes where it must", "[table]") {
  const DataFolder folder;
  write_sample_run(folder.path(), "a", 0, 1.0 / 3);
  write_three_seeds(folder.path(), "b");
  auto result = sample_result("c, \"d\"", 0, 0.5);
  write_run(folder / "c/seed-0", result, sample_config("c, \"d\"", 0));
  const auto lines = lines_of(table_of(folder.path(), TableFormat::kCsv));
  CHECK_THAT(
      lines[0],
      ContainsSubstring("experiment,n,test_accuracy_mean,test_accuracy_std,train_accuracy_") &&
          ContainsSubstring(",pruned_0.9_test_accuracy_layers_1_to_2_mean,") &&
          ContainsSubstring(",peak_memory_mib_std,device,commit"));
  CHECK_THAT(lines[1], ContainsSubstring("a,1,0.3333333333333333,,0.75,,"));
  CHECK_THAT(lines[2], ContainsSubstring("b,3,0.625,0.125,0.75,0.0,"));
  CHECK_THAT(lines[3], ContainsSubstring("\"c, \"\"d\"\"\",1,0.5,,"));
}

TEST_CASE("JSON holds every seed's figures, the config and the results", "[table]") {
  const DataFolder folder;
  write_three_seeds(folder.path(), "x");
  const auto rows = Json::parse(table_of(folder.path(), TableFormat::kJson));
  REQUIRE(rows.size() == 1);
  CHECK(rows[0]["n"] == 3);
  CHECK(rows[0]["test_accuracy"] ==
        Json({{"mean", 0.625}, {"std", 0.125}, {"values", {0.5, 0.625, 0.75}}}));
  CHECK(rows[0]["config"]["optimizer"]["learning_rate"] == 0.1);
  CHECK_FALSE(rows[0]["config"].contains("seeds"));
  CHECK(rows[0]["runs"][2]["seed"] == 2);
  CHECK(rows[0]["runs"][2]["result"]["test_accuracy"] == 0.75);
}

TEST_CASE("A run that trained no step has no time of one", "[table]") {
  const DataFolder folder;
  auto result = sample_result("x", 0, 0.5);
  result["steps"] = 0;
  result["train_seconds"] = 0.0;
  result["measures"] = {{"dead_units", {0.125}}};
  write_run(folder / "x/seed-0", result, sample_config("x", 0));
  const auto text = table_of(folder.path(), TableFormat::kMarkdown);
  CHECK_THAT(text, ContainsSubstring("dead units"));
  CHECK_THAT(text, !ContainsSubstring("ms per step") && !ContainsSubstring("nan"));
}

TEST_CASE("Links that lead nowhere are passed by on the way to runs", "[table]") {
  const DataFolder folder;
  write_sample_run(folder.path(), "x", 0, 0.5);
  std::filesystem::create_directory(folder / "links");
  std::filesystem::create_symlink("nowhere", folder / "links/dangling");
  std::filesystem::create_symlink("loop", folder / "links/loop");
  CHECK(find_runs(folder.path()).finished.size() == 1);
}

TEST_CASE("Configs that differ are different experiments, of one name too", "[table]") {
  const DataFolder folder;
  write_sample_run(folder / "first", "x", 0, 0.5);
  auto config = sample_config("x", 1);
  config["optimizer"]["learning_rate"] = 0.2;
  write_run(folder / "second/x/seed-1", sample_result("x", 1, 0.25), config);
  const auto lines = lines_of(table_of(folder.path(), TableFormat::kMarkdown));
  REQUIRE(lines.size() == 4);
  CHECK_THAT(lines[2], ContainsSubstring("| x (" + (folder / "first").string() + ") | 1 | 0.5000"));
  CHECK_THAT(lines[3], ContainsSubstring("| x (" + (folder / "second").string() + ") | 1 | 0.25"));
}

TEST_CASE("A record from before a key was there is one with the key's default", "[table]") {
  const DataFolder folder;
  const auto config = resolved(config_from({{"name", "x"}}, "x"));
  auto older = config, other = config;
  older.erase("precision");
  older["dataset"].erase("validation");
  write_run(folder / "a/x/seed-0", sample_result("x", 0, 0.5), older);
  write_run(folder / "a/x/seed-1", sample_result("x", 1, 0.5), config);
  CHECK(Json::parse(table_of(folder.path(), TableFormat::kJson)).size() == 1);
  other["precision"] = "bf16";
  write_run(folder / "a/x/seed-2", sample_result("x", 2, 0.5), other);
  CHECK(Json::parse(table_of(folder.path(), TableFormat::kJson)).size() == 2);
}

TEST_CASE("Seeds of one experiment in several folders join, unless one occurs twice", "[table]") {
  const DataFolder folder;
  write_sample_run(folder / "a", "x", 10, 0.5);
  write_sample_run(folder / "b", "x", 2, 0.75);
  const auto joined = Json::parse(table_of(folder.path(), TableFormat::kJson));
  REQUIRE(joined.size() == 1);
  CHECK(joined[0]["test_accuracy"]["values"] == Json({0.75, 0.5}));  // sorted by seed
  write_sample_run(folder / "b", "x", 10, 0.5);
  CHECK(Json::parse(table_of(folder.path(), TableFormat::kJson)).size() == 2);
  write_run(folder / "b/x/copy", sample_result("x", 10, 0.5), sample_config("x", 10));
  CHECK_THAT(message_of([&] { table_of(folder.path(), TableFormat::kJson); }),
             ContainsSubstring("the same seed of the same experiment; exclude one"));
}

TEST_CASE("Several devices and commits of an experiment are all named", "[table]") {
  const DataFolder folder;
  write_sample_run(folder.path(), "x", 0, 0.5);
  auto environment = sample_environment();
  environment["dirty"] = true;
  environment["threads"] = 1;
  write_run(folder / "x/seed-1", sample_result("x", 1, 0.5), sample_config("x", 1), environment);
  CHECK_THAT(
      table_of(folder.path(), TableFormat::kMarkdown),
      ContainsSubstring("| cpu (2 threads) / cpu (1 thread) | 0123456789 / 0123456789-dirty |"));
}

TEST_CASE("A precision other than float32 has a column", "[table]") {
  const DataFolder folder;
  auto config = sample_config("x", 0);
  config["precision"] = "float32";
  write_run(folder / "a/seed-0", sample_result("x", 0, 0.5), config);
  CHECK_THAT(table_of(folder.path(), TableFormat::kMarkdown), !ContainsSubstring("precision"));
  config["precision"] = "bf16";
  write_run(folder / "b/seed-0", sample_result("x", 0, 0.5), config);
  const auto lines = lines_of(table_of(folder.path(), TableFormat::kMarkdown));
  CHECK_THAT(lines[0], ContainsSubstring("| precision | device |"));
  CHECK_THAT(lines[2], ContainsSubstring("|  | cpu (2 threads) |"));
  CHECK_THAT(lines[3], ContainsSubstring("| bf16 | cpu (2 threads) |"));
}

TEST_CASE("Columns are chosen by their keys, and accuracies may be errors", "[table]") {
  const DataFolder folder;
  write_three_seeds(folder.path(), "b_three");
  const auto runs = find_runs(folder.path()).finished;
  TableChoice choice{.columns = {"train_accuracy", "n"}, .errors = false};
  CHECK(results_table(runs, TableFormat::kCsv, choice) ==
        "experiment,train_accuracy_mean,train_accuracy_std,n\nb_three,0.75,0.0,3\n");
  choice = {.columns = {"test_error", "test_error_layers_1_to_1"}, .errors = true};
  CHECK(results_table(runs, TableFormat::kMarkdown, choice) ==
        "| experiment | test error % | first layer, error % |\n| --- | ---: | ---: |\n"
        "| b_three | 37.50 ± 12.50 | 75.00 ± 0.00 |\n");
  choice.columns = {"test_accuracy"};
  CHECK_THROWS_WITH(results_table(runs, TableFormat::kMarkdown, choice),
                    ContainsSubstring("--columns: these runs have no 'test_accuracy'; allowed: "
                                      "experiment, n, test_error, "));
}

TEST_CASE("Measures are columns, one for each layer that has one", "[table]") {
  const DataFolder folder;
  auto result = sample_result("rule", 0, 0.5);
  result["steps"] = 4;
  result["train_seconds"] = 2.0;
  result["measures"] = {{"angle", {58.25, nullptr}}, {"dead_units", {0.125}}};
  write_run(folder.path() / "rule/seed-0", result, sample_config("rule", 0));
  const auto lines = lines_of(table_of(folder.path(), TableFormat::kCsv));
  CHECK_THAT(lines[0], ContainsSubstring("angle_layer_1"));
  CHECK_THAT(lines[0], ContainsSubstring("dead_units_layer_1"));
  CHECK_THAT(lines[0], ContainsSubstring("milliseconds_per_step"));
  CHECK(lines[0].find("angle_layer_2") == std::string::npos);  // no experiment has it
  CHECK_THAT(lines[1], ContainsSubstring("58.25"));
  CHECK_THAT(lines[1], ContainsSubstring("500"));
  const auto text = table_of(folder.path(), TableFormat::kMarkdown);
  CHECK_THAT(text, ContainsSubstring("| angle to BP, layer 1 |"));
  CHECK_THAT(text, ContainsSubstring("| 58.2 |"));
}
