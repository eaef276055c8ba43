// Terminal format of tables: alignment and width.
#include <sstream>

#include "experiments/records/run_record.h"
#include "experiments/table/display_width.h"
#include "experiments/table/table.h"
#include "tests/catch.h"
#include "tests/data_files.h"
#include "tests/run_files.h"

using namespace ff::experiments;
using namespace ff::test;

namespace {

std::vector<std::string> terminal_lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::string terminal_table_of(const std::filesystem::path& folder,
                              std::size_t width = kTableWidth) {
  return results_table(find_runs(folder).finished, TableFormat::kTerminal, {}, width);
}

}  // namespace

TEST_CASE("The table for a terminal is aligned and goes on below what is too wide", "[table]") {
  const DataFolder folder;
  for (const std::int64_t seed : {0, 1, 2}) {
    write_sample_run(folder.path(),
                     "mnist_ff_sequential_with_a_long_name",
                     seed,
                     0.5 + 0.125 * static_cast<double>(seed));
  }
  write_sample_run(folder.path(), "quickstart", 0, 0.5);
  const auto lines = terminal_lines_of(terminal_table_of(folder.path()));
  for (const auto& line : lines) {
    INFO(line);
    CHECK(display_width(line) <= 100);
  }
  CHECK(
      lines[0] ==
      "experiment                            n    test accuracy   train accuracy      first layer");
  CHECK(lines[1] == std::string(90, '-'));
  CHECK(
      lines[2] ==
      "mnist_ff_sequential_with_a_long_name  3  0.6250 ± 0.1250  0.7500 ± 0.0000  0.2500 ± 0.0000");
  CHECK(
      lines[3] ==
      "quickstart                            1           0.5000           0.7500           0.2500");
  CHECK(lines[4].empty());
  CHECK_THAT(lines[5], ContainsSubstring("experiment ") && ContainsSubstring("first 2 layers"));
  CHECK_THAT(
      terminal_table_of(folder.path()),
      ContainsSubstring("n: number of runs, one per seed") && ContainsSubstring("pruned r:"));
}

TEST_CASE("The table for a terminal fits any width from 40, and nothing is cut off", "[table]") {
  const DataFolder folder;
  const std::string name = "mnist_ff-sequential.with_a_name/longer than any terminal is wide ööö";
  auto environment = sample_environment();
  environment["device_name"] = "A GPU of a maker who gives long names, with memory and revision";
  for (const std::int64_t seed : {0, 1}) {
    auto result = sample_result(name, seed, 0.5);
    result["device"] = "cuda:0";
    result["measures"] = {{"angle", {58.25, 40.5}}, {"dead_units", {0.125}}};
    write_run(folder / ("x/seed-" + std::to_string(seed)),
              result,
              sample_config(name, seed),
              environment);
  }
  for (std::size_t width = 40; width <= 140; ++width) {
    const auto lines = terminal_lines_of(terminal_table_of(folder.path(), width));
    std::size_t widest = 0, accuracies = 0;
    std::string letters;  // first column of the first block, without spaces
    for (const auto& line : lines) {
      widest = std::max(widest, display_width(line));
      if (line.find("0.5000 ± 0.0000") != std::string::npos) ++accuracies;
    }
    for (std::size_t l = 2; l < lines.size() && !lines[l].empty(); ++l) {
      if (lines[l].starts_with("---")) continue;
      letters += lines[l].substr(0, lines[l].find("  "));
    }
    CAPTURE(width);
    CHECK(widest <= width);
    CHECK(accuracies >= 1);
    std::erase(letters, ' ');
    CHECK_THAT(letters,
               ContainsSubstring("mnist_ff-sequential.with_a_name/longerthananyterminaliswideööö"));
  }
  // A narrower terminal gets a table of 40 columns.
  CHECK(terminal_table_of(folder.path(), 10) == terminal_table_of(folder.path(), 40));
}

TEST_CASE("Text is wrapped at spaces, else at marks, else anywhere", "[table]") {
  using Texts = std::vector<std::string>;
  CHECK(wrapped("", 5) == Texts{""});
  CHECK(wrapped("a b c", 5) == Texts{"a b c"});
  CHECK(wrapped("one two three", 7) == Texts{"one two", "three"});
  CHECK(wrapped("one two three", 6) == Texts{"one", "two", "three"});
  CHECK(wrapped("mnist_ff_long", 7) == Texts{"mnist_", "ff_long"});
  CHECK(wrapped("abcdefgh", 3) == Texts{"abc", "def", "gh"});
  CHECK(wrapped("ööööö", 2) == Texts{"öö", "öö", "ö"});
}

TEST_CASE("Names of half a terminal's width stay in one line beside long texts", "[table]") {
  const DataFolder folder;
  auto environment = sample_environment();
  environment["device_name"] = std::string(40, 'a') + " " + std::string(40, 'b');
  auto result = sample_result("a_name_of_an_experiment_of_40_characters", 0, 0.5);
  result["device"] = "cuda:0";
  write_run(folder / "x/seed-0",
            result,
            sample_config("a_name_of_an_experiment_of_40_characters", 0),
            environment);
  const auto text = terminal_table_of(folder.path());
  CHECK_THAT(text, ContainsSubstring("a_name_of_an_experiment_of_40_characters  "));
  CHECK_THAT(text, ContainsSubstring(std::string(40, 'a')) && !ContainsSubstring("a b"));
  CHECK_THAT(text, ContainsSubstring("  " + std::string(40, 'b') + "\n"));
}
