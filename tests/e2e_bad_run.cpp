// Runs that cannot start: folders that are not writable or contain something else.
#include <csignal>
#include <thread>

#include "tests/e2e_refused.h"

using namespace ff::test;

namespace fs = std::filesystem;

namespace {

// Creates a run interrupted after its first epoch: x.json with the run folder out/x/seed-0.
void make_unfinished(const Workbench& bench) {
  bench.write(
      "x.json",
      small_ff("x", {{"schedule", {{"epochs", 2000}}}, {"checkpoint", {{"every_epochs", 3}}}}));
  auto process = bench.start_run({"x.json", "--out", "out"});
  while (!fs::exists(bench / "out/x/seed-0/checkpoint.pt") && !process.has_ended()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  process.signal(SIGTERM);
  CHECK(process.wait().exit_code == 130);
}

}  // namespace

TEST_CASE("An output folder that cannot be written", "[e2e]") {
  const Workbench bench;
  bench.write("x.json", small_ff("x", {{"seeds", {0, 1}}}));
  const auto ended = check_run_refused(
      bench,
      {"x.json", "--out", "x.json/runs", "--quiet"},
      {"ff run: x.json/runs/x/seed-0: cannot be created: Not a directory; choose another --out\n",
       "ff run: x.json/runs/x/seed-1: cannot be created"});
  CHECK(ended.out.empty());
  check_run_refused(
      bench, {"x.json", "--out", "/proc/runs"}, {"/proc/runs/x/seed-0: cannot be created"});
}

TEST_CASE("An unfinished run", "[e2e]") {
  const Workbench bench;
  make_unfinished(bench);
  check_run_refused(
      bench,
      {"x.json", "--out", "out"},
      {"ff: out/x/seed-0: holds an unfinished run; add --resume to continue it, or remove it\n"});
  check_run_refused(
      bench,
      {"x.json", "--out", "out", "--resume", "--set", "batch_size=8", "--set", "loss.type=relu"},
      {"ff: out/x/seed-0: holds a run that differs in batch_size: 8 here, 64 there, "
       "loss.type: \"relu\" here, \"softplus\" there; choose another --out or name"});
  const auto ended = bench.ff({"run", "x.json", "--out", "out", "--resume", "--threads", "2"});
  CHECK(ended.exit_code == 1);
  CHECK_THAT(ended.err, ContainsSubstring("differs in threads: 2 here, 1 there"));
  const auto evaluated = bench.ff({"evaluate", "out/x/seed-0", "--prune", "0.9"});
  CHECK(evaluated.exit_code == 1);
  CHECK(evaluated.out.empty());
  CHECK_THAT(evaluated.err, ContainsSubstring("ff: out/x/seed-0: is not a finished run (no DONE)"));
  const auto table = bench.ff({"table", "out"});
  CHECK(table.exit_code == 1);
  CHECK_THAT(table.err, ContainsSubstring("only 1 unfinished run: out/x/seed-0"));
}

TEST_CASE("A checkpoint that is damaged or another network's", "[e2e]") {
  const Workbench bench;
  make_unfinished(bench);
  const auto checkpoint = bench / "out/x/seed-0/checkpoint.pt";
  const std::vector<std::string> resume = {"x.json", "--out", "out", "--resume"};
  fs::copy(checkpoint, bench / "whole.pt");
  for (const auto size :
       {fs::file_size(checkpoint) - 100, fs::file_size(checkpoint) / 2, std::uintmax_t{0}}) {
    fs::resize_file(checkpoint, size);
    check_run_refused(bench,
                      resume,
                      {"ff run: out/x/seed-0/checkpoint.pt: truncated, or not a checkpoint; remove "
                       "the run folder out/x/seed-0 and run again, without --resume\n"});
  }
  bench.write("y.json",
              small_ff("y", {{"model", {{"widths", {31, 16}}}}, {"schedule", {{"epochs", 1}}}}));
  REQUIRE(bench.run({"y.json", "--out", "other"}).exit_code == 0);
  fs::copy(
      bench / "other/y/seed-0/checkpoint.pt", checkpoint, fs::copy_options::overwrite_existing);
  check_run_refused(
      bench,
      resume,
      {"out/x/seed-0/checkpoint.pt: cannot be resumed from: tensor 'layers.0.bias' has the "
       "shape [31], this network needs [32]; remove the run folder and run again\n"});
  bench.write("z.json", small_bp("z", {{"schedule", {{"epochs", 1}}}}));
  REQUIRE(bench.run({"z.json", "--out", "other"}).exit_code == 0);
  fs::copy(
      bench / "other/z/seed-0/checkpoint.pt", checkpoint, fs::copy_options::overwrite_existing);
  check_run_refused(bench, resume, {"cannot be resumed from: ", "layers.0."});
}

TEST_CASE("A folder that holds something else", "[e2e]") {
  const Workbench bench;
  bench.write("x.json", small_ff("x"));
  bench.write("out/x/seed-0/thesis.tex", std::string("all my work"));
  check_run_refused(bench,
                    {"x.json", "--out", "out"},
                    {"ff: out/x/seed-0: is not empty and not a run folder (no config.json, "
                     "environment.json); choose another --out\n"});
  fs::remove_all(bench / "out/x/seed-0");
  bench.write("out/x/seed-0", std::string("a file"));
  check_run_refused(
      bench, {"x.json", "--out", "out"}, {"out/x/seed-0: is not a folder; choose another --out"});
  fs::remove(bench / "out/x/seed-0");
  bench.write("out/x/seed-0/config.json", std::string("{\"na"));
  bench.write("out/x/seed-0/environment.json", std::string("{}"));
  check_run_refused(bench,
                    {"x.json", "--out", "out"},
                    {"out/x/seed-0/config.json: is damaged; remove the run folder and run again"});
}

TEST_CASE("What a process that was killed before the start left behind is no run", "[e2e]") {
  const Workbench bench;
  bench.write("x.json", small_ff("x"));
  bench.write("out/x/seed-0/.lock", std::string());
  bench.write("out/x/seed-0/environment.json", std::string("{}"));
  bench.write("out/x/seed-0/config.json.tmp-123", std::string("{\"na"));
  const auto ended = bench.run({"x.json", "--out", "out"});
  INFO(ended.err);
  CHECK(ended.exit_code == 0);
  CHECK(fs::exists(bench / "out/x/seed-0/DONE"));
}

TEST_CASE("Two processes on one run folder", "[e2e]") {
  const Workbench bench;
  bench.write("x.json", small_ff("x", {{"schedule", {{"epochs", 2000}}}}));
  auto first = bench.start_run({"x.json", "--out", "out"});
  while (count_metrics(bench / "out/x/seed-0") == 0 && !first.has_ended()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  for (const auto& resume : {std::vector<std::string>{}, {"--resume"}}) {
    std::vector<std::string> arguments = {"x.json", "--out", "out"};
    arguments.insert(arguments.end(), resume.begin(), resume.end());
    const auto second = bench.run(arguments);
    CHECK(second.exit_code == 1);
    CHECK(second.err ==
          "ff: out/x/seed-0: another ff process is writing this run; wait for it, or choose "
          "another --out\n");
  }
  CHECK_FALSE(first.has_ended());
  first.signal(SIGINT);
  CHECK(first.wait().exit_code == 130);
}
