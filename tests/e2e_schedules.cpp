// ff bench schedules as docs/parallel.md tells of it: every table there is what the command above
// it prints, and the picture is what the command below it draws.
#include <sstream>

#include "experiments/files.h"
#include "tests/catch.h"
#include "tests/e2e_workbench.h"
#include "tests/markdown.h"

using namespace ff::test;

namespace {

// A command of a page, and the table that follows it; an empty one, where there is none.
struct ToldTable {
  std::vector<std::string> arguments;
  std::string table;
};

std::vector<ToldTable> told_tables(const std::string& page) {
  std::vector<ToldTable> reported;
  bool command = false, follows = false;
  std::istringstream lines(document(page));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("```")) {
      command = line == "```sh";
      follows = !command;
    } else if (command) {
      reported.emplace_back();
      std::istringstream words(line);
      for (std::string word; words >> word;) reported.back().arguments.push_back(word);
    } else if (follows && line.starts_with("|") && !reported.empty()) {
      reported.back().table += line + "\n";
    } else if (!line.empty()) {
      follows = false;
    }
  }
  return reported;
}

}  // namespace

TEST_CASE("The tables and the picture of docs/parallel.md are what its commands print", "[e2e]") {
  const Workbench bench;
  int tables = 0;
  for (const auto& reported : told_tables("docs/parallel.md")) {
    CAPTURE(reported.arguments);
    REQUIRE(reported.arguments.size() > 2);
    CHECK(reported.arguments[0] == "build/ff");
    const auto ended = bench.ff({reported.arguments.begin() + 1, reported.arguments.end()});
    INFO(ended.err);
    CHECK(ended.exit_code == 0);
    if (reported.table.empty()) continue;
    CHECK(ended.out == reported.table);
    ++tables;
  }
  CHECK(tables >= 10);
  CHECK(ff::experiments::read_file(bench / "schedules.svg") == document("docs/schedules.svg"));
}

TEST_CASE("ff bench schedules: wrong usage is 2, and one line before the hint", "[e2e]") {
  const Workbench bench;
  const auto none = bench.ff({"bench", "schedules", "--stages", "0"});
  CHECK(none.exit_code == 2);
  CHECK(none.out.empty());
  CHECK(none.err == "ff: --stages 0: allowed: 1 to 1024\nff: try 'ff bench --help'\n");
  const auto typed = bench.ff({"bench", "schedules", "--stage", "2"});
  CHECK(typed.exit_code == 2);
  CHECK_THAT(typed.err, ContainsSubstring("did you mean '--stages'?"));
  const auto help = bench.ff({"bench", "schedules", "--help"});
  CHECK(help.exit_code == 0);
  CHECK_THAT(help.out, ContainsSubstring("ff bench schedules [OPTION...]"));
  const auto other = bench.ff({"bench", "speed"});
  CHECK(other.exit_code == 2);
  CHECK_THAT(other.err, ContainsSubstring("ff bench memory, or ff bench schedules"));
}
