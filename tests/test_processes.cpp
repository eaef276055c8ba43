// Concurrent child processes, using the test program itself as the child.
#include <csignal>
#include <fcntl.h>
#include <iostream>
#include <map>
#include <sstream>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "experiments/run/processes.h"
#include "tests/catch.h"
#include "tests/data_files.h"

using namespace ff::experiments;
using namespace ff::test;

namespace {

const std::vector<std::string> kGood = {"A file that is replaced keeps its permissions"};
const std::vector<std::string> kKilled = {"ends by a signal"};

// The end of each process by its index, and the collected standard error.
struct Outcome {
  std::map<std::size_t, ProcessEnd> ends;
  std::string error_text;
};

Outcome outcome_of(const std::vector<std::vector<std::string>>& commands, std::int64_t at_once) {
  std::ostringstream error_text;
  auto* before = std::cerr.rdbuf(error_text.rdbuf());
  Outcome outcome;
  try {
    run_processes(
        commands, at_once, [&](std::size_t place, ProcessEnd end) { outcome.ends[place] = end; });
  } catch (...) {
    std::cerr.rdbuf(before);
    throw;
  }
  std::cerr.rdbuf(before);
  outcome.error_text = error_text.str();
  return outcome;
}

// Limits the number of further files that this process may open, emulating exhausted system
// resources.
class FewFiles {
 public:
  explicit FewFiles(int more) {
    std::vector<int> free;
    for (int i = 0; i <= more; ++i) free.push_back(open("/dev/null", O_RDONLY));
    for (const int file : free) close(file);
    getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit limit{static_cast<rlim_t>(free.back()), before_.rlim_max};
    setrlimit(RLIMIT_NOFILE, &limit);
  }
  ~FewFiles() { setrlimit(RLIMIT_NOFILE, &before_); }
  FewFiles(const FewFiles&) = delete;
  FewFiles& operator=(const FewFiles&) = delete;

 private:
  rlimit before_{};
};

std::ptrdiff_t open_files() {
  const std::filesystem::directory_iterator files("/proc/self/fd");
  return std::distance(begin(files), end(files));
}

}  // namespace

TEST_CASE("ends by a signal", "[.]") { std::raise(SIGKILL); }

TEST_CASE("How each process ended is reported", "[processes]") {
  const auto files = open_files();
  const auto [ends, error_text] = outcome_of({kGood, kKilled, {"--no-such-option"}}, 2);
  INFO(error_text);
  REQUIRE(ends.size() == 3);
  CHECK(ends.at(0).good());
  CHECK(ends.at(1).signal == SIGKILL);
  CHECK_FALSE(ends.at(1).good());
  CHECK(ends.at(2).signal == 0);
  CHECK(ends.at(2).code != 0);
  CHECK(open_files() == files);
}

TEST_CASE("How processes ended is known where SIGCHLD was ignored, too", "[processes]") {
  std::signal(SIGCHLD, SIG_IGN);
  const auto [ends, error_text] = outcome_of({kKilled}, 1);
  std::signal(SIGCHLD, SIG_DFL);
  INFO(error_text);
  CHECK(ends.at(0).signal == SIGKILL);
}

TEST_CASE("Where no more processes can be started, those that run go on", "[processes]") {
  const auto files = open_files();
  const auto [ends, error_text] = [] {
    const FewFiles limit(2);  // two ends of a pipe, one of which stays open: enough for one process
    return outcome_of({kGood, kGood, kGood}, 3);
  }();
  INFO(error_text);
  REQUIRE(ends.size() == 3);
  for (const auto& [place, end] : ends) CHECK(end.good());
  CHECK_THAT(
      error_text,
      ContainsSubstring(
          "cannot start a process for a run: Too many open files; continuing with 1 at once\n"));
  CHECK(open_files() == files);
}

TEST_CASE("Where not one process can be started, that is the error", "[processes]") {
  const auto files = open_files();
  CHECK(message_of([] {
          const FewFiles limit(1);
          outcome_of({kGood}, 1);
        }) == "cannot start a process for a run: Too many open files");
  CHECK(open_files() == files);
}

TEST_CASE("Whatever is thrown, processes that run are waited for", "[processes]") {
  const auto files = open_files();
  CHECK_THROWS_AS(run_processes({kKilled, kGood, kGood},
                                3,
                                [](std::size_t, ProcessEnd) { throw std::logic_error("thrown"); }),
                  std::logic_error);
  CHECK(open_files() == files);
  CHECK(waitpid(-1, nullptr, WNOHANG) == -1);  // no child process is left
}
