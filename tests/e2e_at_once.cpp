// Concurrent runs: as processes sharing a CPU, and as a group on an emulated GPU.
#include <csignal>
#include <fstream>
#include <sstream>
#include <thread>

#include "tests/catch.h"
#include "tests/e2e_workbench.h"

using namespace ff::test;

namespace fs = std::filesystem;

namespace {

const std::vector<std::string> kSeeds = {"seed-0", "seed-1", "seed-2"};

Json three_seeds(const std::string& name, const Json& changes = Json::object()) {
  Json config = small_ff(name, {{"seeds", {0, 1, 2}}});
  config.merge_patch(changes);
  return config;
}

// Waits for the child process of `parent` that trains a given seed and returns its id.
pid_t process_of_seed(pid_t parent, const std::string& seed) {
  const std::string words = std::string("\0--seeds\0", 9) + seed + std::string(1, '\0');
  for (const auto& item : fs::directory_iterator("/proc")) {
    const auto name = item.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    std::ifstream line(item.path() / "cmdline"), stat(item.path() / "stat");
    const std::string command{std::istreambuf_iterator<char>(line), {}};
    std::string text;
    std::getline(stat, text);
    std::istringstream after(text.substr(std::min(text.size(), text.rfind(')') + 1)));
    char state = 0;
    pid_t of = 0;
    after >> state >> of;
    if (of == parent && command.find(words) != std::string::npos) return std::stoi(name);
  }
  throw std::runtime_error("no process for seed " + seed);
}

}  // namespace

TEST_CASE("a process that is killed is named, and the others go on", "[e2e]") {
  const Workbench bench;
  bench.write("x.json",
              three_seeds("x",
                          {{"batch_size", 4},
                           {"schedule", {{"epochs", 4}}},
                           {"checkpoint", {{"every_epochs", 1}}}}));
  const std::vector<std::string> command = {"run", "x.json", "--threads", "2", "--jobs", "2"};
  auto process = bench.start(command);
  while (count_metrics(bench / "runs/x/seed-0") < 1 && !process.has_ended()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  kill(process_of_seed(process.pid(), "0"), SIGKILL);
  const auto ended = process.wait();
  INFO(ended.err);
  CHECK(ended.exit_code == 1);
  CHECK_THAT(
      ended.err,
      ContainsSubstring("ff run: runs/x/seed-0: its process was killed by signal 9 (Killed)"));
  CHECK_THAT(ended.err, ContainsSubstring("; run the same command with --resume to "));
  CHECK(fs::exists(bench / "runs/x/seed-1/DONE"));
  CHECK(fs::exists(bench / "runs/x/seed-2/DONE"));
  auto again = command;
  again.emplace_back("--resume");
  CHECK(bench.ff(again).exit_code == 0);
  CHECK(fs::exists(bench / "runs/x/seed-0/DONE"));
}

TEST_CASE("runs at once on a CPU are the same bits as one after the other", "[e2e]") {
  const Workbench bench;
  bench.write("x.json", three_seeds("x"));
  REQUIRE(bench.ff({"run", "x.json", "--threads", "1", "--out", "one"}).exit_code == 0);
  const auto ended = bench.ff({"run", "x.json", "--threads", "2", "--jobs", "2", "--out", "two"});
  INFO(ended.err);
  REQUIRE(ended.exit_code == 0);
  CHECK_THAT(ended.out, ContainsSubstring("x"));  // the table of all runs
  for (const auto& seed : kSeeds) {
    CHECK(run_differences(bench / ("one/x/" + seed), bench / ("two/x/" + seed)) ==
          std::vector<std::string>{});
    CHECK_THAT(ended.err, ContainsSubstring("x " + ("seed " + seed.substr(5)) + ": "));
    CHECK(read_json(bench / ("two/x/" + seed + "/environment.json"))["threads"] == 1);
  }
  const auto again = bench.ff({"run", "x.json", "--threads", "2", "--jobs", "2", "--out", "two"});
  CHECK(again.exit_code == 0);
  CHECK_THAT(again.err, ContainsSubstring("two/x/seed-2: finished before; skipped"));
}

TEST_CASE("of runs at once on a CPU one can fail, and its message comes through", "[e2e]") {
  const Workbench bench;
  bench.write("good.json", small_ff("good"));
  bench.write("bad.json", small_ff("bad", {{"optimizer", {{"learning_rate", 1e30}}}}));
  const auto ended =
      bench.ff({"run", "bad.json", "good.json", "--threads", "2", "--jobs", "2", "--quiet"});
  CHECK(ended.exit_code == 1);
  CHECK_THAT(ended.err, ContainsSubstring("is not finite"));
  CHECK(fs::exists(bench / "runs/good/seed-0/DONE"));
  CHECK_FALSE(fs::exists(bench / "runs/bad/seed-0/DONE"));

  // A diverged run is reported without being retried, since it would diverge again; also by
  // --dry-run.
  const auto check_reported = [](const std::string& error_text) {
    CHECK_THAT(error_text,
               ContainsSubstring("runs/bad/seed-0: diverged before: the loss of layer 0 is "));
    CHECK_THAT(error_text, ContainsSubstring("; to run it again, remove the folder\n"));
  };
  const auto again =
      bench.ff({"run", "bad.json", "good.json", "--threads", "2", "--jobs", "2", "--quiet"});
  CHECK(again.exit_code == 1);
  check_reported(again.err);
  CHECK_THAT(again.err, !ContainsSubstring("exit code"));
  const auto planned = bench.ff({"run", "bad.json", "--threads", "1", "--dry-run"});
  CHECK(planned.exit_code == 0);
  check_reported(planned.err);
}

TEST_CASE("runs at once on a CPU are interrupted and go on to the same bits", "[e2e]") {
  const Workbench bench;
  bench.write("x.json", three_seeds("x", {{"batch_size", 4}, {"schedule", {{"epochs", 4}}}}));
  const std::vector<std::string> command = {"run", "x.json", "--threads", "2", "--jobs", "2"};
  const auto to = [&](const std::string& out, const std::vector<std::string>& more = {}) {
    auto arguments = command;
    arguments.insert(arguments.end(), {"--out", out});
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  };
  REQUIRE(bench.ff(to("whole")).exit_code == 0);
  auto process = bench.start(to("out"));
  while (count_metrics(bench / "out/x/seed-0") < 1 && !process.has_ended()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  process.signal(GENERATE(SIGTERM, SIGHUP, SIGUSR1, SIGXCPU));
  const auto ended = process.wait();
  INFO(ended.err);
  REQUIRE(ended.exit_code == 130);
  CHECK(fs::exists(bench / "out/x/seed-0/checkpoint.pt"));
  REQUIRE(bench.ff(to("out", {"--resume"})).exit_code == 0);
  for (const auto& seed : kSeeds) {
    CHECK(run_differences(bench / ("whole/x/" + seed), bench / ("out/x/" + seed)) ==
          std::vector<std::string>{});
  }
}

TEST_CASE("seeds on an emulated GPU train together, by the GPU's engine", "[e2e][gpu]") {
  const Workbench bench;
  bench.write("x.json", three_seeds("x"));
  const auto ended = bench.ff({"run", "x.json", "--device", "emulated", "--threads", "2"});
  INFO(ended.err);
  REQUIRE(ended.exit_code == 0);
  CHECK_THAT(ended.err, ContainsSubstring("x seed 0 1 2, together:"));
  for (const auto& seed : kSeeds) {
    const auto result = read_json(bench / ("runs/x/" + seed + "/result.json"));
    CHECK(result["device"] == "emulated");
    CHECK(result["engine"] == "fused");
    CHECK(result["trained_together"] == 3);
  }
}

TEST_CASE("a number of runs at once that cannot be is refused", "[e2e]") {
  const Workbench bench;
  bench.write("x.json", small_ff("x"));
  const auto ended = bench.ff({"run", "x.json", "--jobs", "-1"});
  CHECK(ended.exit_code == 2);
  CHECK_THAT(ended.err, ContainsSubstring("--jobs -1: allowed: 0 to 1024"));
}
