// Low memory: the program prints a one-line error instead of aborting.
#include <sstream>

#include "tests/catch.h"
#include "tests/e2e_workbench.h"
#include "tests/paths.h"

using namespace ff::test;

namespace {

// Runs `ff ARGUMENTS` with the address space limited to `kibibytes` KiB.
Ended within(const Workbench& bench, std::int64_t kibibytes, const std::string& arguments) {
  ProcessOptions options;
  options.folder = bench.path();
  options.environment = {{"CUDA_VISIBLE_DEVICES", ""}, {"FF_DATA", std::nullopt}};
  const auto line = "ulimit -v " + std::to_string(kibibytes) + " && exec \"$0\" " + arguments;
  return Process("/bin/sh", {"-c", line, program_path()}, options).wait();
}

}  // namespace

TEST_CASE("With too little memory a run ends with a line that says so", "[e2e]") {
  const Workbench bench;
  bench.write("x.json",
              small_ff("x",
                       {{"model", {{"widths", {4000, 4000}}}},
                        {"schedule", {{"epochs", 1}, {"max_steps", 2}}},
                        {"dataset", {{"train_limit", 200}, {"test_limit", 100}}}}));
  int reported = 0, done = 0;
  for (std::int64_t kibibytes = 300'000; done == 0 && kibibytes < 30'000'000;
       kibibytes = kibibytes * 10 / 9) {
    const auto out = "out" + std::to_string(kibibytes);
    const auto ended = within(bench, kibibytes, "run x.json --threads 1 --quiet --out " + out);
    CAPTURE(kibibytes);
    INFO(ended.err);
    if (ended.exit_code == 0) {
      ++done;
      continue;
    }
    // If not even --version runs, the program could not have reported an error.
    if (within(bench, kibibytes, "--version").exit_code != 0) continue;
    ++reported;
    CHECK(ended.exit_code == 1);
    std::istringstream lines(ended.err);
    for (std::string line; std::getline(lines, line);) CHECK(line.starts_with("ff"));
    CHECK_THAT(ended.err, ContainsSubstring("not enough memory"));
  }
  CHECK(done == 1);
  CHECK(reported > 0);
}
