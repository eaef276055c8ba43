// `ff records`, and the commands that read record files.
#include "tests/catch.h"
#include "tests/e2e_workbench.h"
#include "tests/small_sweep.h"

using namespace ff::test;

namespace fs = std::filesystem;

TEST_CASE("Packed runs give the table of their folders, and come back as they were", "[e2e]") {
  const Workbench bench;
  bench.write("a.json", small_ff("a", {{"seeds", {0, 1}}}));
  REQUIRE(bench.run({"a.json", "--quiet"}).exit_code == 0);
  const auto packed = bench.ff({"records", "pack", "runs", "--out", "a.jsonl"});
  INFO(packed.err);
  REQUIRE(packed.exit_code == 0);
  CHECK(packed.err == "ff records: packed 2 runs into a.jsonl\n");
  const auto table = bench.ff({"table", "a.jsonl"});
  CHECK(table.exit_code == 0);
  CHECK(table.out == bench.ff({"table", "runs"}).out);
  CHECK(bench.ff({"table", "a.jsonl", "runs/a/seed-0", "--format", "json"}).exit_code == 0);
  CHECK(bench.ff({"compare", "a.jsonl/a/seed-1", "runs/a/seed-1"}).exit_code == 0);
  const auto other = bench.ff({"compare", "a.jsonl/a/seed-0", "runs/a/seed-1"});
  CHECK(other.exit_code == 1);
  CHECK_THAT(other.out, ContainsSubstring("different: metrics.jsonl: train_loss differs"));
  REQUIRE(bench.ff({"records", "unpack", "a.jsonl", "--out", "again"}).exit_code == 0);
  for (const auto* file :
       {"config.json", "environment.json", "result.json", "metrics.jsonl", "DONE"}) {
    INFO(file);
    const auto files = bench.snapshot();
    CHECK(files.at(std::string("again/a/seed-1/") + file) ==
          files.at(std::string("runs/a/seed-1/") + file));
  }
  // An unpacked run counts as finished.
  const auto again = bench.run({"a.json", "--out", "again"});
  CHECK(again.exit_code == 0);
  CHECK_FALSE(fs::exists(bench / "again/a/seed-0/checkpoint.pt"));
}

TEST_CASE("ff table shows the experiments of the names asked for", "[e2e]") {
  const Workbench bench;
  for (const auto* name : {"ab", "ac", "b"}) {
    bench.write("c.json", small_ff(name));
    REQUIRE(bench.run({"c.json", "--quiet"}).exit_code == 0);
  }
  REQUIRE(bench.ff({"records", "pack", "runs", "--out", "all.jsonl"}).exit_code == 0);
  const auto rows = [&](const std::string& names) {
    const auto table = bench.ff({"table", "all.jsonl", "--names", names, "--columns", "n"});
    INFO(table.err);
    CHECK(table.exit_code == 0);
    return table.out.substr(table.out.find("--: |\n") + 6);
  };
  CHECK(rows("a*") == "| ab | 1 |\n| ac | 1 |\n");
  CHECK(rows("ac,b") == "| ac | 1 |\n| b | 1 |\n");
  const auto none = bench.ff({"table", "all.jsonl", "--names", "x*"});
  CHECK(none.exit_code == 1);
  CHECK(none.err == "ff: --names x*: matches no experiment; available: ab, ac, b\n");
}

TEST_CASE("A sweep takes recorded runs as done, and chooses among them", "[e2e]") {
  const Workbench bench;
  bench.write("a.json", small_bp("a"));
  bench.write(
      "s.json",
      small_sweep({{"choose", "validation-accuracy"}, {"then", {{"set", {{"seeds", {0}}}}}}}));
  const auto first = sweep(bench, {"s.json", "--out", "out"});
  INFO(first.err);
  REQUIRE(first.exit_code == 0);
  const auto pack = bench.ff({"records", "pack", "out/rates", "--out", "r.jsonl", "--candidates"});
  REQUIRE(pack.err == "ff records: packed 4 runs into r.jsonl\n");
  CHECK(bench.ff({"records", "pack", "out/rates", "--out", "then.jsonl"}).err ==
        "ff records: packed 1 run into then.jsonl\n");
  const auto again = sweep(bench, {"s.json", "--out", "new", "--records", "r.jsonl"});
  INFO(again.err);
  CHECK(again.exit_code == 0);
  CHECK(again.out == first.out);
  CHECK(read_json(bench / "new/rates/choice.json") == read_json(bench / "out/rates/choice.json"));
  CHECK_FALSE(fs::exists(bench / "new/rates/a"));  // no run was started
  const auto plan = sweep(bench, {"s.json", "--dry-run", "--records", "r.jsonl"});
  CHECK_THAT(plan.out, ContainsSubstring("done        r.jsonl/a.learning_rate-0.0001/seed-0"));
  CHECK_THAT(plan.out, ContainsSubstring("3 runs, 3 of them done"));
  const auto other =
      sweep(bench, {"s.json", "--out", "x", "--records", "r.jsonl", "--set", "schedule.epochs=2"});
  CHECK(other.exit_code == 1);
  CHECK_THAT(other.err,
             ContainsSubstring("is a run that differs in schedule.epochs: 2 here, 1 there"));
  CHECK_FALSE(fs::exists(bench / "x"));
}

TEST_CASE("ff records: wrong usage is 2, and what is there is not replaced", "[e2e]") {
  const Workbench bench;
  const auto refused =
      [&](const std::vector<std::string>& words, int code, const std::string& part) {
        std::vector<std::string> arguments = {"records"};
        arguments.insert(arguments.end(), words.begin(), words.end());
        const auto before = bench.snapshot();
        const auto ended = bench.ff(arguments);
        INFO(ended.err);
        CHECK(ended.exit_code == code);
        CHECK(ended.out.empty());
        CHECK_THAT(ended.err, ContainsSubstring(part));
        CHECK(changes_between(before, bench.snapshot()).empty());
      };
  refused({}, 2, "expected 'ff records pack");
  refused({"list"}, 2, "expected 'ff records pack");
  refused({"pack", "--out", "a.jsonl"}, 2, "no files or folders to pack");
  refused({"pack", "runs"}, 2, "--out is required");
  refused({"pack", "runs", "--out", "a.json"}, 2, "must end in .jsonl");
  refused({"unpack", "a.jsonl", "b.jsonl", "--out", "x"}, 2, "expected one record file, got 2");
  refused({"unpack", "a.jsonl", "--out", "x", "--candidates"},
          2,
          "--candidates: allowed only with pack");
  refused({"pack", "runs", "--out", "a.jsonl"}, 1, "runs: no such folder or record file");
  refused({"unpack", "a.jsonl", "--out", "x"}, 1, "a.jsonl");
  bench.write("mine.jsonl", std::string("{\"my\": 1}\n"));
  fs::create_directory(bench / "empty");
  refused(
      {"pack", "empty", "--out", "mine.jsonl"}, 1, "mine.jsonl: exists and is not a record file");
  refused({"pack", "empty", "--out", "a.jsonl"}, 1, "empty: no run in it to pack");
  CHECK_THAT(bench.ff({"records", "--help"}).out,
             ContainsSubstring("ff records unpack FILE.jsonl"));
}
