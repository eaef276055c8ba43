// ff bench schedules: its forms, its picture, and what it refuses. The real program and the tables
// of docs/parallel.md: e2e_schedules.cpp.
#include <algorithm>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "experiments/commands/commands.h"
#include "experiments/files.h"
#include "tests/catch.h"
#include "tests/data_files.h"

namespace {

// What the command prints to standard output and to standard error.
struct Printed {
  std::string out, err;
};

Printed printed_schedules(std::vector<std::string> words) {
  words.insert(words.begin(), "ff bench schedules");
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  std::ostringstream out, err;
  auto* const screen = std::cout.rdbuf(out.rdbuf());
  auto* const errors = std::cerr.rdbuf(err.rdbuf());
  int status = -1;
  std::string problem;
  try {
    status =
        ff::experiments::bench_schedules_command(static_cast<int>(words.size()), arguments.data());
  } catch (const ff::experiments::UsageError& error) {
    problem = error.what();
  }
  std::cout.rdbuf(screen);
  std::cerr.rdbuf(errors);
  if (!problem.empty()) throw ff::experiments::UsageError(problem);
  CHECK(status == 0);
  return {out.str(), err.str()};
}

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

}  // namespace

TEST_CASE("ff bench schedules: the forms of a table", "[schedules]") {
  const std::vector<std::string> few = {"--schedules", "1f1b,ff-pipelined", "--columns"};
  const auto with = [&](const std::string& columns, const std::string& format) {
    auto words = few;
    words.insert(words.end(), {columns, "--format", format});
    return printed_schedules(words).out;
  };
  CHECK(with("makespan,peak_memory_by_stage", "markdown") ==
        "| schedule | makespan | peak memory, by stage |\n"
        "| --- | ---: | --- |\n"
        "| 1f1b | 33 | 4 3 2 1 |\n"
        "| ff-pipelined | 19 | 1 1 1 1 |\n"
        "| ff-pipelined, 2 rows | 38 | 2 2 2 2 |\n");
  CHECK(with("updates,span,sent", "csv") ==
        "schedule,updates,span_mean,span_std,sent\n"
        "1f1b,1,33.0,,48\n"
        "ff-pipelined,8,16.0,,24\n"
        "\"ff-pipelined, 2 rows\",8,32.0,,48\n");
  const auto json = nlohmann::json::parse(with("bubble_share,idle_share,sent", "json"));
  REQUIRE(json.size() == 3);
  CHECK(json[0]["bubble_share"]["mean"] == 9.0 / 33.0);
  CHECK(json[0]["bubble_share"]["values"].size() == 1);
  CHECK(json[1]["idle_share"]["mean"].get<double>() == Approx(3.0 / 19.0));
  CHECK(json[2]["sent"] == 48);
  const auto terminal = with("makespan,bubble", "terminal");
  CHECK_THAT(terminal, ContainsSubstring("schedule              makespan  bubble\n"));
  CHECK_THAT(terminal, ContainsSubstring("bubble: span without the work of the busiest stage"));
  CHECK(terminal.find("one for each seed") == std::string::npos);  // the legend of runs
  CHECK_THAT(with("makespan", "latex"), ContainsSubstring("\\toprule"));
}

TEST_CASE("ff bench schedules: a row for each stage", "[schedules]") {
  CHECK(printed_schedules({"--schedules",
                           "1f1b",
                           "--stages",
                           "2",
                           "--micro-batches",
                           "4",
                           "--memory",
                           "10,30",
                           "--by-stage",
                           "--columns",
                           "stage,begins,ends,busy,peak_memory",
                           "--format",
                           "markdown"})
            .out ==
        "| schedule | stage | begins | ends | busy | peak, memory |\n"
        "| --- | ---: | ---: | ---: | ---: | ---: |\n"
        "| 1f1b | 0 | 0 | 15 | 12 | 20 |\n"
        "| 1f1b | 1 | 1 | 13 | 12 | 30 |\n");
}

TEST_CASE("ff bench schedules: seeds of the jitter make a mean and a deviation", "[schedules]") {
  const auto values = [](const std::string& seeds) {
    const auto json = nlohmann::json::parse(
        printed_schedules({"--jitter", ".3", "--seeds", seeds, "--format", "json"}).out);
    return json[0]["makespan"]["values"].get<std::vector<double>>();
  };
  const auto three = values("0,1,2");
  REQUIRE(three.size() == 3);
  CHECK(three[0] != three[1]);
  CHECK(values("2") == std::vector<double>{three[2]});
}

TEST_CASE("ff bench schedules: what cannot be planned is left out, or refused by name",
          "[schedules]") {
  const auto printed = printed_schedules({"--micro-batches", "6"});
  CHECK(printed.out.find("interleaved") == std::string::npos);
  CHECK(printed.err ==
        "ff bench schedules: left out interleaved: 6 micro-batches on 4 stages: allowed: "
        "multiples of 4\n");
  CHECK(printed_schedules({}).err.empty());
}

TEST_CASE("ff bench schedules: time lines", "[schedules]") {
  const ff::test::DataFolder folder;
  const auto file = (folder / "lines.svg").string();
  const auto draw = [&](const std::string& schedule, const std::string& batches) {
    printed_schedules({"--schedules",
                       schedule,
                       "--stages",
                       "3",
                       "--micro-batches",
                       batches,
                       "--rows",
                       "1",
                       "--svg",
                       file});
    return ff::experiments::read_file(file);
  };
  for (const auto& [schedule, operations, legend] : {std::tuple{"1f1b", 3 * 6 * 2, 2},
                                                     {"zb-h1", 3 * 6 * 3, 3},
                                                     {"zb-v", 3 * 2 * 6 * 3, 3},
                                                     {"ff-pipelined", 3 * 6 * 2, 2},
                                                     {"ff-sequential", 3 * 6 * 2 + 2 * 6, 3}}) {
    CAPTURE(schedule);
    const auto svg = draw(schedule, "6");
    CHECK(svg.starts_with("<svg "));
    CHECK(svg.ends_with("</svg>\n"));
    CHECK(count_of(svg, "<rect ") == std::size_t(1 + legend + operations));
    CHECK(count_of(svg, ">stage ") == 3);
    CHECK(count_of(svg, "<text") == count_of(svg, "</text>"));
    CHECK_THAT(svg, ContainsSubstring(std::string(schedule) + ": makespan "));
  }
  CHECK(draw("zb-h1", "6") == draw("zb-h1", "6"));
  CHECK_THROWS_WITH(draw("zb-h1", "1000"),
                    "--svg: 9000 operations are too many to see: allowed: 5000; fewer --stages, "
                    "--micro-batches or --schedules");
}

TEST_CASE("ff bench schedules: bad input is one line with what is allowed", "[schedules]") {
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases = {
      {{"--stages", "0"}, "--stages 0: allowed: 1 to 1024"},
      {{"--stages", "1025"}, "--stages 1025: allowed: 1 to 1024"},
      {{"--micro-batches", "0"}, "--micro-batches 0: allowed: 1 to 1000000"},
      {{"--steps", "-3"}, "--steps -3: allowed: 1 to 1000000"},
      {{"--chunks", "1"}, "--chunks 1: allowed: 2 to 8"},
      {{"--queue", "-1"}, "--queue -1: allowed: 0 to 1000000"},
      {{"--stages", "1024", "--micro-batches", "1000", "--steps", "2"},
       "--micro-batches x --steps: 2000 is too much for 1024 stages of 2 chunks: allowed: 1 to "
       "1953"},
      {{"--schedules", "interleaved", "--micro-batches", "3"},
       "--schedules interleaved: 3 micro-batches on 4 stages: allowed: multiples of 4"},
      {{"--times", "1,-1,1"}, "--times 1,-1,1: allowed: numbers from 1e-09 to 1e+09"},
      {{"--times", "1,nan,1"}, "--times 1,nan,1: allowed: numbers from 1e-09 to 1e+09"},
      {{"--times", "1,0,1"}, "--times 1,0,1: allowed: numbers from 1e-09 to 1e+09"},
      {{"--times", "1,,1"}, "--times 1,,1: allowed: numbers from 1e-09 to 1e+09"},
      {{"--times", "1,1x,1"}, "--times 1,1x,1: allowed: numbers from 1e-09 to 1e+09"},
      {{"--times", "1,1"}, "--times 1,1: allowed: one number, or 3"},
      {{"--transfer", "inf"}, "--transfer inf: allowed: numbers from 0 to 1e+09"},
      {{"--transfer", "-0.5"}, "--transfer -0.5: allowed: numbers from 0 to 1e+09"},
      {{"--transfer", "1,2"}, "--transfer 1,2: allowed: one number"},
      {{"--scale", "1,2"}, "--scale 1,2: allowed: one number, or 4"},
      {{"--memory", "-1"}, "--memory -1: allowed: numbers from 0 to 1e+09"},
      {{"--jitter", "1"}, "--jitter 1: allowed: numbers from 0 to 0.99"},
      {{"--seeds", "1,2"}, "--seeds: without --jitter all of them give the same"},
      {{"--jitter", "0.1", "--seeds", "0.5"}, "--seeds 0.5: allowed: whole numbers"},
      {{"--rows", "3"}, "--rows 3: allowed: numbers from 1 to 2"},
      {{"--after-b", "2"}, "--after-b 2: allowed: numbers from 0 to 1"},
      {{"--format", "xml"}, "--format xml: allowed: markdown, latex, csv, json, terminal"},
      {{"--schedules", "dualpipe"},
       "--schedules dualpipe: allowed: gpipe, 1f1b, interleaved, zb-h1, zb-h2, zb-v, "
       "ff-sequential, ff-pipelined"},
      {{"extra"}, "'extra': expected options only"},
  };
  for (const auto& [words, message] : cases) {
    CAPTURE(message);
    CHECK_THROWS_WITH(printed_schedules(words), message);
  }
}
