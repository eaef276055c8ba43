// Record files: packing run folders, reading both forms, unpacking.
#include <map>
#include <set>
#include <sstream>

#include "experiments/compare/compare.h"
#include "experiments/files.h"
#include "experiments/records/figures.h"
#include "experiments/records/pack.h"
#include "experiments/records/record_file.h"
#include "experiments/table/table.h"
#include "tests/catch.h"
#include "tests/data_files.h"
#include "tests/paths.h"
#include "tests/run_files.h"

using namespace ff::experiments;
using namespace ff::test;

namespace fs = std::filesystem;

namespace {

std::string table_of(const fs::path& place, TableFormat format = TableFormat::kMarkdown) {
  return results_table(find_runs(place).finished, format);
}

void write_json(const fs::path& file, const Json& json) { write_bytes(file, json.dump(2) + "\n"); }

// Adds the final newline that ff writes.
fs::path write_whole_run(const fs::path& out, const std::string& name, std::int64_t seed) {
  const auto run = write_sample_run(out, name, seed, 0.1 + 0.01 * static_cast<double>(seed));
  for (const auto* file : {"config.json", "environment.json", "result.json"}) {
    write_json(run / file, read_record(run / file));
  }
  write_bytes(run / "metrics.jsonl",
              "{\"epoch\":1,\"train_loss\":0.1,\"thresholds\":[1e-05,3.0],\"seconds\":0.5}\n"
              "{\"epoch\":2,\"train_loss\":null,\"thresholds\":[-0.0,12345678901234567890]}\n");
  return run;
}

void make_unfinished(const fs::path& run) {
  fs::remove(run / "DONE");
  fs::remove(run / "result.json");
}

void make_diverged(const fs::path& run) {
  auto result = read_record(run / "result.json");
  result["diverged"] = {{"reason", "the loss is not finite"}, {"epoch", 1}};
  write_json(run / "result.json", result);
  fs::rename(run / "DONE", run / "DIVERGED");
  fs::remove(run / "metrics.jsonl");
}

// Returns relative path -> content of each file.
std::map<std::string, std::string> files_below(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& item : fs::recursive_directory_iterator(folder)) {
    if (item.is_regular_file()) {
      files[item.path().lexically_relative(folder).string()] = read_file(item.path());
    }
  }
  return files;
}

fs::path packed(const fs::path& folder, const fs::path& file, const PackOptions& options = {}) {
  write_file(file, to_json_lines(pack({folder}, options)));
  return file;
}

}  // namespace

TEST_CASE("Run folders that were packed and unpacked have the same files, byte by byte",
          "[records]") {
  const DataFolder folder;
  const auto runs = folder / "runs";
  write_whole_run(runs, "b", 0);
  write_whole_run(runs, "b", 1);
  make_diverged(write_whole_run(runs, "a", 0));
  make_unfinished(write_whole_run(runs / "deep/er", "c", 3));
  auto environment = sample_environment();
  environment["threads"] = 1;
  write_json(runs / "b/seed-1/environment.json", environment);
  write_json(runs / "deep/choice.json", {{"name", "x"}, {"chosen", Json::object()}});
  const auto file = packed(runs, folder / "all.jsonl");
  unpack(file, read_record_file(file), folder / "again");
  CHECK(files_below(folder / "again") == files_below(runs));
  // Repacking gives the same file; two of the three environments are equal.
  CHECK(to_json_lines(pack({folder / "again"})) == read_file(file));
  CHECK(to_json_lines(pack({file})) == read_file(file));
  std::istringstream lines(read_file(file));
  std::string first;
  std::getline(lines, first);
  CHECK(Json::parse(first)["environments"].size() == 2);
}

TEST_CASE("A table of a record file is that of the folders it was made of", "[records]") {
  const DataFolder folder;
  const auto runs = folder / "runs";
  for (const std::int64_t seed : {0, 1, 10}) write_whole_run(runs, "x", seed);
  write_whole_run(runs, "y", 4);
  make_diverged(write_whole_run(runs, "y", 5));
  make_unfinished(write_whole_run(runs, "z", 0));
  const auto file = packed(runs, folder / "all.jsonl");
  for (const auto format :
       {TableFormat::kMarkdown, TableFormat::kLatex, TableFormat::kCsv, TableFormat::kTerminal}) {
    CHECK(table_of(file, format) == table_of(runs, format));
  }
  CHECK(find_runs(file).unfinished.size() == 1);
  CHECK(table_of(file / "x") == table_of(runs / "x"));
  CHECK(table_of(file / "x/seed-10") == table_of(runs / "x/seed-10"));
}

TEST_CASE("Seeds in folders and in record files make one experiment", "[records]") {
  const DataFolder folder;
  write_whole_run(folder / "a", "x", 0);
  write_whole_run(folder / "b", "x", 1);
  packed(folder / "b", folder / "a/more.jsonl");
  write_bytes(folder / "a/other.jsonl", "{\"lines\": \"of another program\"}\n");
  const auto found = find_runs(folder / "a").finished;
  REQUIRE(found.size() == 2);
  CHECK(found[1].folder == folder / "a/more.jsonl/x/seed-1");
  CHECK(found[1].metrics.size() == 2);
  const auto rows = Json::parse(results_table(found, TableFormat::kJson));
  REQUIRE(rows.size() == 1);
  CHECK(rows[0]["n"] == 2);
  CHECK(rows[0]["runs"][1]["folder"] == (folder / "a/more.jsonl/x/seed-1").string());
}

TEST_CASE("What is not in a record file is named, and the nearest run there", "[records]") {
  const DataFolder folder;
  write_whole_run(folder / "runs", "talk_mnist", 0);
  write_whole_run(folder / "runs", "talk_mnist", 1);
  const auto file = packed(folder / "runs", folder / "all.jsonl");
  CHECK(message_of([&] { find_runs(file / "talk_mnsit"); }) ==
        file.string() + ": it holds no run talk_mnsit; did you mean talk_mnist?");
  CHECK_THAT(message_of([&] { find_runs(file / "talk"); }),
             ContainsSubstring("it holds no run talk; "));
  CHECK(message_of([&] { read_whole_run(file); }) == file.string() +
                                                         ": holds 2 runs; name one, such as " +
                                                         file.string() + "/talk_mnist/seed-0");
  CHECK_THAT(message_of([&] { find_runs(folder / "none.jsonl"); }),
             ContainsSubstring("none.jsonl: no such folder or record file"));
  write_bytes(folder / "notes.txt", "");
  CHECK_THAT(message_of([&] { find_runs(folder / "notes.txt"); }),
             ContainsSubstring("notes.txt: neither a folder nor a record file"));
}

TEST_CASE("Runs are called NAME/seed-N, wherever packing begins", "[records]") {
  const DataFolder folder;
  const auto run = write_whole_run(folder / "runs", "x", 0);
  for (const auto& source : {run, run.parent_path(), folder / "runs", folder / "runs/x/"}) {
    INFO(source);
    const auto records = pack({source});
    REQUIRE(records.runs.size() == 1);
    CHECK(records.runs[0].folder == "x/seed-0");
  }
  write_whole_run(folder / "other", "x", 0);
  CHECK_THAT(message_of([&] {
               pack({folder / "runs", folder / "other"});
             }),
             ContainsSubstring("both would be x/seed-0"));
  CHECK(pack({folder.path()}).runs.size() == 2);
  // The output file is not one of its own sources.
  packed(folder / "runs", folder / "runs/all.jsonl");
  CHECK(pack({folder / "runs"}, {.out = folder / "runs/all.jsonl"}).runs.size() == 1);
  CHECK_THAT(message_of([&] { pack({folder / "other/x/seed-0/none"}); }),
             ContainsSubstring("no such folder"));
}

TEST_CASE("Packing can leave out where files lie, and a sweep's candidates", "[records]") {
  const DataFolder folder;
  auto environment = sample_environment();
  environment["data"] = "/home/me/data";
  environment["command"] = "ff run";
  write_whole_run(folder / "s", "a.rate-1", 0);
  write_whole_run(folder / "s", "a", 0);
  write_json(folder / "s/a/seed-0/environment.json", environment);
  write_json(folder / "s/choice.json", {{"chosen", {{"a", {{"then", {"a"}}}}}}});
  const auto records = pack({folder / "s"}, {.strip_paths = true});
  REQUIRE(records.runs.size() == 1);
  CHECK(records.runs[0].folder == "a/seed-0");
  CHECK(records.runs[0].environment == sample_environment());
  CHECK(records.choices.size() == 1);
  CHECK(pack({folder / "s"}, {.candidates = true}).runs.size() == 2);
}

TEST_CASE("Contradictions in a run folder are not packed", "[records]") {
  const DataFolder folder;
  const auto run = write_whole_run(folder.path(), "x", 0);
  fs::rename(run / "DONE", run / "DIVERGED");
  CHECK_THAT(message_of([&] { pack({run}); }),
             ContainsSubstring(run.string() + ": result.json has no \"diverged\""));
  make_unfinished(run);
  fs::remove(run / "DIVERGED");
  write_bytes(run / "config.json", "{}");
  CHECK_THAT(message_of([&] { pack({run}); }),
             ContainsSubstring((run / "config.json").string() + ": expected a \"name\""));
}

TEST_CASE("Unpacking replaces nothing, and then writes nothing", "[records]") {
  const DataFolder folder;
  write_whole_run(folder / "runs", "a", 0);
  write_whole_run(folder / "runs", "b", 0);
  const auto file = packed(folder / "runs", folder / "all.jsonl");
  write_bytes(folder / "out/b/seed-0/config.json", "mine");
  CHECK_THAT(message_of([&] { unpack(file, read_record_file(file), folder / "out"); }),
             ContainsSubstring((folder / "out/b/seed-0").string() + ": already exists"));
  CHECK(files_below(folder / "out") ==
        std::map<std::string, std::string>{{"b/seed-0/config.json", "mine"}});
}

TEST_CASE("A packed run is compared by its metrics and accuracies", "[records]") {
  const DataFolder folder;
  const auto run = write_whole_run(folder / "runs", "x", 0);
  const auto file = packed(folder / "runs", folder / "all.jsonl");
  const auto same = compare_runs(file / "x/seed-0", run);
  CHECK(same.identical());
  CHECK_THAT(report(same), ContainsSubstring("identical: 2 epochs, "));
  CHECK(compare_runs(file, file).identical());
  auto text = read_file(run / "metrics.jsonl");
  text.replace(text.find("0.1"), 3, "0.2");
  write_bytes(run / "metrics.jsonl", text);
  CHECK_THAT(compare_runs(file, run).first_difference,
             ContainsSubstring("metrics.jsonl: train_loss differs"));
  write_bytes(run / "metrics.jsonl", text.substr(0, text.find('\n') + 1));
  CHECK_THAT(compare_runs(file, run).first_difference, ContainsSubstring("2 | 1 epochs"));
  fs::remove(run / "metrics.jsonl");
  make_unfinished(run);
  // an empty comparison does not count as identical
  CHECK_FALSE(compare_runs(run, file).identical());
}

TEST_CASE("The records of this project are whole, and their figures have names", "[records]") {
  std::size_t count = 0;
  std::set<std::string> unknown;
  for (const auto& item : fs::recursive_directory_iterator(fs::path(source_dir()) / "results")) {
    if (item.path().extension() != ".jsonl") continue;
    for (const auto& run : read_record_file(item.path()).runs) {
      ++count;
      for (const auto& line : run.metrics) {
        for (const auto& [key, value] : line.items()) {
          if (std::set<std::string>{"epoch", "steps", "phase", "measures", "predict_layers"}
                  .contains(key)) {
            continue;  // position or selection, not a metric
          }
          if (message_of([&, name = key] { figure_info(name); }) != "nothing was thrown") {
            unknown.insert(key);
          }
        }
      }
    }
  }
  CHECK(count >= 627);
  CHECK(unknown == std::set<std::string>{});
}

TEST_CASE("Every figure has a key and a title of its own; each measure is one", "[records]") {
  std::set<std::string> keys, titles;
  for (const auto& figure : figures()) {
    INFO(figure.key);
    CHECK(keys.insert(figure.key).second);
    CHECK(titles.insert(figure.title).second);
    CHECK(figure.decimals >= 0);
  }
  for (const auto& key : measure_keys()) CHECK_FALSE(figure_info(key).about.empty());
  CHECK_THROWS_AS(figure_info("nothing"), std::logic_error);
}
