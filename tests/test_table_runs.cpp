// How `ff table` finds runs, and the command itself.
#include "experiments/records/run_record.h"
#include "experiments/table/experiment.h"
#include "experiments/table/formats.h"
#include "experiments/table/table.h"
#include "tests/catch.h"
#include "tests/data_files.h"
#include "tests/paths.h"
#include "tests/process.h"
#include "tests/run_files.h"

using namespace ff::experiments;
using namespace ff::test;

namespace {

std::string markdown_of(const std::filesystem::path& folder) {
  return results_table(find_runs(folder).finished, TableFormat::kMarkdown);
}

std::vector<RunRecord> runs_in(const std::filesystem::path& folder) {
  return find_runs(folder).finished;
}

Ended run_ff(const std::vector<std::string>& arguments) {
  return Process(program_path(), arguments).wait();
}

}  // namespace

TEST_CASE("Runs are found in a run folder, an experiment's folder and a folder of many",
          "[table]") {
  const DataFolder folder;
  write_sample_run(folder.path(), "b", 0, 0.5);
  write_sample_run(folder.path(), "a", 0, 0.5);
  write_bytes(folder / "a/seed-1/config.json", "{}");
  write_bytes(folder / "notes/readme.txt", "");
  const auto all = find_runs(folder.path().string() + "/");
  REQUIRE(all.finished.size() == 2);
  CHECK(all.finished[0].folder == folder / "a/seed-0");
  REQUIRE(all.unfinished.size() == 1);
  CHECK(all.unfinished[0].folder == folder / "a/seed-1");
  CHECK(find_runs(folder / "a").finished.size() == 1);
  CHECK(find_runs((folder / "a/seed-0").string() + "/").finished[0].folder == folder / "a/seed-0");
}

TEST_CASE("Seeds that were trained on different data are rows of their own", "[table]") {
  const DataFolder folder;
  const auto write = [&](std::int64_t seed, const Json& data) {
    auto environment = sample_environment();
    environment["data"] = data;
    write_run(folder / ("x/seed-" + std::to_string(seed)),
              sample_result("x", seed, 0.5),
              sample_config("x", seed),
              environment);
  };
  const Json one = {{"name", "idx"}, {"classes", 3}, {"train_crc32", "0000000a"}};
  auto other = one;
  other["train_crc32"] = "0000000b";
  const auto rows = [&] { return group_runs(runs_in(folder.path())); };

  write(0, one);
  write(1, one);
  write(2, "/some/folder");  // older version, without a data record
  REQUIRE(rows().size() == 1);
  CHECK(rows()[0].runs.size() == 3);
  CHECK_THAT(markdown_of(folder.path()), !ContainsSubstring("| data |"));
  write(1, other);
  REQUIRE(rows().size() == 3);
  const auto text = markdown_of(folder.path());
  CHECK_THAT(text, ContainsSubstring("| data |"));
  CHECK_THAT(text, ContainsSubstring("| idx 0000000a |") && ContainsSubstring("| idx 0000000b |"));
  CHECK_THAT(text, ContainsSubstring("| not recorded |"));
}

TEST_CASE("A damaged run folder is named in one line", "[table]") {
  const DataFolder folder;
  const auto run = write_sample_run(folder.path(), "x", 0, 0.5);
  const auto message = [&] {
    const auto text = message_of([&] { markdown_of(folder.path()); });
    CHECK(text.find('\n') == std::string::npos);
    return text;
  };
  write_bytes(run / "result.json", "{\"name\": \"x\",\n");
  CHECK_THAT(message(),
             ContainsSubstring((run / "result.json").string() + ": not JSON") &&
                 ContainsSubstring("line 2"));
  write_bytes(run / "result.json", R"({"name": "x"})");
  CHECK_THAT(message(), ContainsSubstring((run / "result.json").string() + ": seed"));
  write_bytes(run / "result.json", R"({"seed": 0})");
  CHECK_THAT(message(), ContainsSubstring((run / "result.json").string() + ": name"));
  std::filesystem::remove(run / "config.json");
  CHECK_THAT(message(), ContainsSubstring((run / "config.json").string()));
}

TEST_CASE("ff table prints to standard output and names unfinished runs beside it",
          "[table][program]") {
  const DataFolder folder;
  write_sample_run(folder.path(), "x", 0, 0.5);
  write_bytes(folder / "y/seed-0/config.json", "{}");
  const auto outcome = run_ff({"table", folder.path().string(), (folder / "x").string()});
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.out == markdown_of(folder.path()));
  CHECK(outcome.err ==
        "ff table: excluded 1 unfinished run: " + (folder / "y/seed-0").string() + "\n");
  const auto csv = run_ff({"table", "--format", "csv", folder.path().string()});
  CHECK_THAT(csv.out, ContainsSubstring("experiment,n,"));
  const auto errors = run_ff({"table",
                              "--format",
                              "csv",
                              "--errors",
                              "--columns",
                              "test_error,n",
                              folder.path().string()});
  CHECK(errors.out.substr(0, errors.out.find('\n')) ==
        "experiment,test_error_mean,test_error_std,n");
}

TEST_CASE("ff table: wrong usage is 2, nothing to show is 1", "[table][program]") {
  const DataFolder folder;
  const auto none = run_ff({"table"});
  CHECK(none.exit_code == 2);
  CHECK_THAT(none.err, ContainsSubstring("no folder named"));
  const auto format = run_ff({"table", folder.path().string(), "--format", "excel"});
  CHECK(format.exit_code == 2);
  CHECK_THAT(format.err, ContainsSubstring("allowed: markdown, latex, csv, json, terminal"));
  CHECK(run_ff({"table", "--unknown"}).exit_code == 2);
  const auto empty = run_ff({"table", folder.path().string()});
  CHECK(empty.exit_code == 1);
  CHECK(empty.out.empty());
  CHECK_THAT(empty.err, ContainsSubstring(folder.path().string() + ": no finished run in it"));
  write_bytes(folder / "y/seed-0/config.json", "{}");
  CHECK_THAT(run_ff({"table", folder.path().string()}).err,
             ContainsSubstring("only 1 unfinished run: " + (folder / "y/seed-0").string()));
  CHECK_THAT(run_ff({"table", (folder / "none").string()}).err,
             ContainsSubstring("no such folder or record file"));
  CHECK_THAT(run_ff({"table", "--help"}).out, ContainsSubstring("ff table DIR|FILE.jsonl..."));
}
