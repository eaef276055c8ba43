// ff bench schedules: pipeline schedules of backpropagation and Forward-Forward, simulated.
#include <charconv>
#include <iostream>
#include <limits>
#include <sstream>
#include <system_error>
#include <unistd.h>

#include <cxxopts.hpp>

#include "experiments/commands/command_line.h"
#include "experiments/commands/commands.h"
#include "experiments/commands/schedule_table.h"
#include "experiments/files.h"
#include "experiments/schedules/picture.h"
#include "experiments/table/display_width.h"
#include "experiments/table/table.h"
#include "experiments/table/table_choice.h"
#include "ff/core/text.h"

namespace ff::experiments {
namespace {

using schedules::Conditions;
using schedules::Flow;
using schedules::Schedule;
using schedules::Size;

constexpr std::int64_t kMostSimulated = 4'000'000;  // stages x micro-batches x steps x chunks
constexpr double kLongest = 1e9, kShortest = 1e-9;  // of times and memory

cxxopts::Options schedule_options() {
  std::vector<std::string> names;
  for (const auto& schedule : schedules::all_schedules()) names.push_back(schedule.name);
  cxxopts::Options options("ff bench schedules",
                           "Simulates pipeline schedules of backpropagation and Forward-Forward: "
                           "time, bubbles and memory of\nactivations by stage "
                           "(docs/parallel.md). Nothing is trained.\n");
  options.custom_help("[OPTION...]");
  const auto text = [](const char* preset) {
    return cxxopts::value<std::string>()->default_value(preset);
  };
  const auto whole = [](const char* preset) {
    return cxxopts::value<std::int64_t>()->default_value(preset);
  };
  const auto list = [] { return cxxopts::value<std::vector<std::string>>(); };
  options.add_options()                                                              //
      ("schedules", "of " + joined(names) + "; without it all", list(), "NAME,...")  //
      ("stages", "stages, each on a device of its own", whole("4"), "P")             //
      ("micro-batches", "of a step of backpropagation", whole("8"), "M")             //
      ("steps",
       "steps of backpropagation; Forward-Forward trains on as many micro-batches, without a break",
       whole("1"),
       "N")  //
      ("times",
       "of a stage and micro-batch: forward, gradient at input, at weights",
       text("1,1,1"),
       "F,B,W")  //
      ("rows",
       "rows of an image in Forward-Forward; 2: positive and negative",
       text("1,2"),
       "LIST")                                                                                    //
      ("transfer", "time from stage to stage", text("0"), "T")                                    //
      ("scale", "a factor for each stage's times", text("1"), "LIST")                             //
      ("jitter", "share by which each time varies at random", text("0"), "SHARE")                 //
      ("seeds", "of the jitter", text("0"), "LIST")                                               //
      ("chunks", "of a stage in interleaved 1F1B", whole("2"), "N")                               //
      ("queue", "batches a stage may be ahead in ff-pipelined; 0: any number", whole("2"), "N")   //
      ("memory", "of a micro-batch's activations: of all stages, or of each", text("1"), "LIST")  //
      ("after-b", "share of these that W needs after B", text("1"), "SHARE")                      //
      ("by-stage", "a row for each stage")                                                        //
      ("format", table_format_names(), text("terminal"), "NAME")                                  //
      ("columns", "only these, by the keys that --format json has", list(), "KEY,...")            //
      ("svg", "draw the time lines, of the first seed", cxxopts::value<std::string>(), "FILE")    //
      ("h,help", "show this");
  return options;
}

std::int64_t whole_of(const cxxopts::ParseResult& parsed,
                      const std::string& name,
                      std::int64_t least,
                      std::int64_t most) {
  const auto value = parsed[name].as<std::int64_t>();
  if (value >= least && value <= most) return value;
  throw UsageError("--" + name + " " + std::to_string(value) +
                   ": allowed: " + std::to_string(least) + " to " + std::to_string(most));
}

// A number from beginning to end; not a number, where it is none.
double parsed_number(const std::string& text) {
  double value = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && rest == text.data() + text.size();
  return whole ? value : std::numeric_limits<double>::quiet_NaN();
}

// The numbers of a list; `count` of them, if that is not 0, or one for all.
std::vector<double> numbers_of(const cxxopts::ParseResult& parsed,
                               const std::string& name,
                               double least,
                               double most,
                               std::size_t count = 0) {
  const auto text = parsed[name].as<std::string>();
  std::vector<double> list;
  std::istringstream words(text + ",");
  for (std::string word; std::getline(words, word, ',');) {
    list.push_back(parsed_number(word));
    if (list.back() >= least && list.back() <= most) continue;
    throw UsageError("--" + name + " " + text + ": allowed: numbers from " + significant(least) +
                     " to " + significant(most));
  }
  if (count > 1 && list.size() == 1) list.resize(count, list.front());
  if (count > 0 && list.size() != count) {
    throw UsageError("--" + name + " " + text + ": allowed: " +
                     (count == 1 ? "one number" : "one number, or " + std::to_string(count)));
  }
  return list;
}

double number_of(const cxxopts::ParseResult& parsed,
                 const std::string& name,
                 double least,
                 double most) {
  return numbers_of(parsed, name, least, most, 1).front();
}

std::vector<std::int64_t> whole_numbers_of(const cxxopts::ParseResult& parsed,
                                           const std::string& name,
                                           std::int64_t least,
                                           std::int64_t most) {
  std::vector<std::int64_t> list;
  for (const double value : numbers_of(parsed, name, least, most)) {
    list.push_back(static_cast<std::int64_t>(value));
    if (static_cast<double>(list.back()) != value) {
      throw UsageError("--" + name + " " + significant(value) + ": allowed: whole numbers");
    }
  }
  return list;
}

Size size_of(const cxxopts::ParseResult& parsed) {
  const auto devices = whole_of(parsed, "stages", 1, 1024);
  const auto batches = whole_of(parsed, "micro-batches", 1, 1'000'000);
  const auto steps = whole_of(parsed, "steps", 1, 1'000'000);
  const auto chunks = whole_of(parsed, "chunks", 2, 8);
  const auto most = kMostSimulated / (devices * chunks);
  if (batches * steps > most) {
    throw UsageError("--micro-batches x --steps: " + std::to_string(batches * steps) +
                     " is too much for " + std::to_string(devices) + " stages of " +
                     std::to_string(chunks) + " chunks: allowed: 1 to " + std::to_string(most));
  }
  return {static_cast<int>(devices),
          static_cast<int>(batches),
          static_cast<int>(steps),
          static_cast<int>(chunks)};
}

Conditions conditions_of(const cxxopts::ParseResult& parsed, const Size& size) {
  Conditions conditions;
  const auto times = numbers_of(parsed, "times", kShortest, kLongest, 3);
  conditions.forward = times[0];
  conditions.input = times[1];
  conditions.weights = times[2];
  conditions.transfer = number_of(parsed, "transfer", 0, kLongest);
  conditions.scale = numbers_of(parsed, "scale", 1e-6, 1e6, size.devices);
  conditions.jitter = number_of(parsed, "jitter", 0, 0.99);
  conditions.queue = static_cast<int>(whole_of(parsed, "queue", 0, 1'000'000));
  conditions.after_input = number_of(parsed, "after-b", 0, 1);
  if (parsed.count("seeds") && conditions.jitter == 0) {
    throw UsageError("--seeds: without --jitter all of them give the same");
  }
  return conditions;
}

// Those that are named; or all, but for those that are not made for this size, which are told.
std::vector<const Schedule*> chosen_schedules(const cxxopts::ParseResult& parsed,
                                              const Size& size) {
  std::vector<const Schedule*> chosen;
  if (!parsed.count("schedules")) {
    for (const auto& schedule : schedules::all_schedules()) {
      const auto problem = problem_of(schedule, size);
      if (problem.empty()) chosen.push_back(&schedule);
      if (!problem.empty()) std::cerr << "ff bench schedules: left out " << problem << "\n";
    }
    return chosen;
  }
  for (const auto& name : parsed["schedules"].as<std::vector<std::string>>()) {
    const auto* schedule = schedules::schedule_named(name);
    if (!schedule) {
      std::vector<std::string> names;
      for (const auto& one : schedules::all_schedules()) names.push_back(one.name);
      throw UsageError("--schedules " + name + ": allowed: " + joined(names));
    }
    if (const auto problem = problem_of(*schedule, size); !problem.empty()) {
      throw UsageError("--schedules " + problem);
    }
    chosen.push_back(schedule);
  }
  return chosen;
}

// Simulated with every seed; the moments of the first go to `lines`, if that is not null.
SimulatedSchedule simulated(const Schedule& schedule,
                            const Size& size,
                            Conditions conditions,
                            int rows,
                            const cxxopts::ParseResult& parsed,
                            std::vector<schedules::TimeLine>* lines) {
  const bool backward = schedule.flow == Flow::kBackward;
  SimulatedSchedule result;
  result.name = schedule.name + (rows > 1 ? ", " + std::to_string(rows) + " rows" : "");
  result.rows = rows;
  result.updates = backward ? size.steps : std::int64_t{size.batches} * size.steps;
  result.memory = numbers_of(parsed, "memory", 0, kLongest, size.devices);
  conditions.forward *= rows;
  conditions.weights *= rows;
  const auto plan = plan_of(schedule, size);
  for (const auto seed : whole_numbers_of(parsed, "seeds", 0, 1'000'000'000)) {
    conditions.seed = static_cast<std::uint64_t>(seed);
    auto outcome = simulate(plan, conditions);
    if (lines && result.outcomes.empty()) lines->push_back({result.name, plan, outcome});
    outcome.moments.clear();
    result.outcomes.push_back(std::move(outcome));
  }
  return result;
}

void draw(const std::vector<schedules::TimeLine>& lines, const std::string& file) {
  const auto count = operations_in(lines);
  if (count > schedules::kMostDrawn) {
    throw UsageError(
        "--svg: " + std::to_string(count) + " operations are too many to see: allowed: " +
        std::to_string(schedules::kMostDrawn) + "; fewer --stages, --micro-batches or --schedules");
  }
  write_file(file, picture_of(lines));
}

}  // namespace

int bench_schedules_command(int argc, char** argv) {
  auto options = schedule_options();
  const auto parsed = parse_options(options, argc, argv);
  if (parsed.count("help")) return print_help(options);
  if (!parsed.unmatched().empty()) {
    throw UsageError("'" + parsed.unmatched().front() + "': expected options only");
  }
  const auto name = parsed["format"].as<std::string>();
  const auto format = table_format(name);
  if (!format) throw UsageError("--format " + name + ": allowed: " + table_format_names());
  const auto file = parsed.count("svg") ? output_name(parsed, "svg") : "";
  const auto size = size_of(parsed);
  const auto conditions = conditions_of(parsed, size);
  const auto rows = whole_numbers_of(parsed, "rows", 1, 2);
  std::vector<SimulatedSchedule> all;
  std::vector<schedules::TimeLine> lines;
  for (const auto* schedule : chosen_schedules(parsed, size)) {
    const bool backward = schedule->flow == Flow::kBackward;
    for (const auto count : backward ? std::vector<std::int64_t>{1} : rows) {
      all.push_back(simulated(*schedule,
                              size,
                              conditions,
                              static_cast<int>(count),
                              parsed,
                              file.empty() ? nullptr : &lines));
    }
  }
  const bool by_stage = parsed.count("by-stage") > 0;
  TableChoice choice;
  if (parsed.count("columns")) choice.columns = parsed["columns"].as<std::vector<std::string>>();
  const auto columns = chosen(by_stage ? stage_columns(all) : schedule_columns(all), choice);
  if (!file.empty()) draw(lines, file);
  const auto width = terminal_width(STDOUT_FILENO).value_or(kTableWidth);
  std::cout << table_of(columns, *format, by_stage ? stage_legend() : schedule_legend(), width);
  return 0;
}

}  // namespace ff::experiments
