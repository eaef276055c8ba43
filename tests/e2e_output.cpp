// Standard output and output files given as options: a failed write is an error.
#include <csignal>
#include <fcntl.h>
#include <sstream>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "experiments/table/display_width.h"
#include "tests/catch.h"
#include "tests/e2e_workbench.h"
#include "tests/small_sweep.h"

using namespace ff::test;
using ff::experiments::display_width;

namespace fs = std::filesystem;

namespace {

using Words = std::vector<std::string>;

// Creates a finished run of x.json and a sweep in the folder.
void prepare(const Workbench& bench) {
  // Few test images, so that the saved predictions fit into a pipe buffer.
  bench.write("x.json", small_ff("x", {{"dataset", {{"test_limit", 100}}}}));
  bench.write("a.json", small_bp("a"));
  bench.write("sweep.json", small_sweep());
  bench.write("choice.json", small_sweep({{"name", "choice"}, {"choose", "validation-accuracy"}}));
  REQUIRE(bench.run({"x.json"}).exit_code == 0);
}

// All commands that print to standard output.
const std::vector<Words> kPrinting = {
    {"--help"},
    {"--version"},
    {"run", "--help"},
    {"sweep", "--help"},
    {"run", "x.json", "--threads", "1"},
    {"run", "x.json", "--threads", "1", "--dry-run"},
    {"sweep", "sweep.json", "--threads", "1", "--dry-run"},
    {"sweep", "sweep.json", "--threads", "1"},
    {"sweep", "choice.json", "--threads", "1"},
    {"table", "runs"},
    {"table", "runs", "--format", "latex"},
    {"table", "runs", "--format", "csv"},
    {"table", "runs", "--format", "json"},
    {"table", "runs", "--format", "terminal"},
    {"compare", "runs/x/seed-0", "runs/x/seed-0"},
    {"evaluate", "runs/x/seed-0", "--threads", "1"},
    {"data"},
    {"samples", "x.json", "--threads", "1"},
    {"bench", "memory", "x.json", "--threads", "1"},
    {"bench", "memory", "--depths", "1", "--batches", "8", "--width", "8", "--threads", "1"},
    {"config"},
    {"config", "--format", "markdown"},
    {"config", "--format", "schema"},
};

std::string text_of(const Words& words) {
  std::string text = "ff";
  for (const auto& word : words) text += " " + word;
  return text;
}

// A pseudo-terminal with the given number of columns.
struct Terminal {
  explicit Terminal(unsigned short columns)
      : outer(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK)) {
    grantpt(outer);
    unlockpt(outer);
    inner = open(ptsname(outer), O_RDWR | O_NOCTTY | O_CLOEXEC);
    const winsize size = {.ws_row = 24, .ws_col = columns, .ws_xpixel = 0, .ws_ypixel = 0};
    ioctl(inner, TIOCSWINSZ, &size);
  }
  ~Terminal() {
    close(inner);
    close(outer);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  std::string text() const {
    std::string text;
    char block[4096];
    for (ssize_t size = 0; (size = read(outer, block, sizeof block)) > 0;) {
      text.append(block, static_cast<std::size_t>(size));
    }
    return text;
  }

  int outer, inner = -1;
};

}  // namespace

TEST_CASE("A result that cannot be printed is a failure, of every command", "[e2e]") {
  const int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
  if (full < 0) return;
  const Workbench bench;
  prepare(bench);
  for (const auto& words : kPrinting) {
    const auto printed = bench.ff(words);
    INFO(text_of(words) << "\n" << printed.err);
    CHECK(printed.exit_code == 0);
    CHECK_FALSE(printed.out.empty());
    const auto ended = bench.ff(words, {.out = full});
    INFO(ended.err);
    CHECK(ended.exit_code == 1);
    CHECK(ended.err.ends_with("ff: cannot write to standard output: No space left on device\n"));
  }
  close(full);
}

TEST_CASE("A closed standard output is an error, and no file takes its place", "[e2e]") {
  const Workbench bench;
  prepare(bench);
  const auto before = bench.snapshot();
  for (const Words& words : {Words{"table", "runs"},
                             Words{"evaluate", "runs/x/seed-0", "--threads", "1"},
                             Words{"run", "x.json", "--threads", "1"}}) {
    const auto ended = bench.ff(words, {.out = ProcessOptions::kClosed});
    INFO(text_of(words) << "\n" << ended.err);
    CHECK(ended.exit_code == 1);
    CHECK(ended.err.ends_with("ff: cannot write to standard output: Bad file descriptor\n"));
  }
  CHECK(changes_between(before, bench.snapshot()).empty());
}

TEST_CASE("A closed pipe ends the program silently", "[e2e]") {
  const Workbench bench;
  prepare(bench);
  int ends[2];
  REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
  close(ends[0]);
  for (const Words& words : {Words{"table", "runs"},
                             Words{"config"},
                             Words{"run", "x.json", "--threads", "1", "--quiet"}}) {
    const auto ended = bench.ff(words, {.out = ends[1]});
    INFO(text_of(words) << "\n" << ended.err);
    CHECK(ended.exit_code == 128 + SIGPIPE);
    CHECK(ended.err.empty());
  }
  close(ends[1]);
}

TEST_CASE("A run is finished though nobody reads what it prints", "[e2e]") {
  const Workbench bench;
  bench.write("x.json", small_ff("x", {{"seeds", {0, 1}}}));
  int ends[2];
  REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
  close(ends[0]);
  const auto ended = bench.ff({"run", "x.json", "--threads", "1"}, {.out = ends[1]});
  close(ends[1]);
  CHECK(ended.exit_code == 128 + SIGPIPE);
  CHECK(fs::exists(bench / "runs/x/seed-1/DONE"));
}

TEST_CASE("A file that goes to standard output comes after what was printed", "[e2e]") {
  const Workbench bench;
  bench.write("x.json", small_ff("x"));
  const auto ended =
      bench.ff({"bench", "memory", "x.json", "--threads", "1", "--json", "/dev/stdout"});
  INFO(ended.err);
  CHECK(ended.exit_code == 0);
  const auto begin = ended.out.find("\n[");
  REQUIRE(begin != std::string::npos);
  CHECK_THAT(ended.out.substr(0, begin), ContainsSubstring("MiB") && ContainsSubstring("peak = "));
  CHECK(Json::parse(ended.out.substr(begin)).size() == 1);
}

TEST_CASE("Files that options name: a link and a pipe stay what they are", "[e2e]") {
  const Workbench bench;
  prepare(bench);
  REQUIRE(mkfifo((bench / "pipe").c_str(), 0600) == 0);
  bench.write("target", std::string("old"));
  const auto check = [&](Words words, const std::string& option) {
    words.insert(words.end(), {"--threads", "1", option});
    INFO(text_of(words));
    fs::remove(bench / "link");
    fs::create_symlink("target", bench / "link");
    auto to_link = words, to_pipe = words;
    to_link.push_back("link");
    to_pipe.push_back("pipe");
    CHECK(bench.ff(to_link).exit_code == 0);
    CHECK(fs::is_symlink(bench / "link"));
    CHECK(fs::file_size(bench / "target") > 3);
    const int reader = open((bench / "pipe").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    CHECK(bench.ff(to_pipe).exit_code == 0);
    char first = 0;
    CHECK(read(reader, &first, 1) == 1);
    close(reader);
    CHECK(fs::is_fifo(bench / "pipe"));
    bench.write("target", std::string("old"));
  };
  check({"samples", "x.json", "--count", "1"}, "--out");
  check({"evaluate", "runs/x/seed-0"}, "--save");
  check({"bench", "memory", "x.json"}, "--json");
}

TEST_CASE("An empty name of what to write is refused", "[e2e]") {
  const Workbench bench;
  bench.write("x.json", small_ff("x"));
  const auto before = bench.snapshot();
  const std::vector<std::pair<Words, std::string>> refused = {
      {{"run", "x.json"}, "--out"},
      {{"sweep", "x.json"}, "--out"},
      {{"samples", "x.json"}, "--out"},
      {{"evaluate", "x"}, "--save"},
      {{"bench", "memory", "x.json"}, "--json"}};
  for (auto [words, option] : refused) {
    words.insert(words.end(), {option, ""});
    const auto ended = bench.ff(words);
    INFO(text_of(words) << "\n" << ended.err);
    CHECK(ended.exit_code == 2);
    CHECK_THAT(ended.err, ContainsSubstring("ff: " + option + " '': is empty"));
  }
  CHECK(changes_between(before, bench.snapshot()).empty());
}

TEST_CASE("Tables fit the terminal", "[e2e]") {
  const Workbench bench;
  bench.write("x.json", small_ff("a_long_name-of_an.experiment_whose_words_say_what_varies"));
  const Terminal terminal(44);
  const auto check = [&](const Words& words) {
    const auto ended = bench.ff(words, {.out = terminal.inner});
    CHECK(ended.exit_code == 0);
    std::istringstream lines(terminal.text());
    int count = 0;
    for (std::string line; std::getline(lines, line); ++count) {
      INFO(line);
      CHECK(display_width(line) <= 44 + 1);  // plus the carriage return of the terminal
    }
    CHECK(count > 10);
  };
  check({"run", "x.json", "--threads", "1", "--quiet"});
  check({"table", "runs", "--format", "terminal"});
}
