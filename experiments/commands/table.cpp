// ff table: prints the results of finished runs as a table, in several formats.
#include "experiments/table/table.h"

#include <algorithm>
#include <fnmatch.h>
#include <iostream>
#include <set>
#include <unistd.h>

#include <cxxopts.hpp>

#include "experiments/commands/command_line.h"
#include "experiments/commands/commands.h"
#include "experiments/records/run_record.h"
#include "experiments/table/display_width.h"
#include "ff/core/text.h"

namespace ff::experiments {
namespace {

namespace fs = std::filesystem;
using Runs = std::vector<RunRecord>;

std::string listed(const Runs& runs) {
  std::vector<std::string> texts;
  for (const auto& run : runs) texts.push_back(run.folder.string());
  return joined(texts);
}

std::string count_of_unfinished(const Runs& runs) {
  return std::to_string(runs.size()) + " unfinished run" + (runs.size() == 1 ? "" : "s");
}

// Adds the runs whose folders are new, as two of the given places may contain the same run.
void add_new(Runs& all, std::set<fs::path>& folders, Runs found) {
  for (auto& run : found) {
    if (folders.insert(fs::weakly_canonical(run.folder)).second) all.push_back(std::move(run));
  }
}

FoundRuns find_all(const std::vector<std::string>& places) {
  FoundRuns all;
  std::set<fs::path> folders;
  for (const auto& place : places) {
    auto found = find_runs(place);
    if (found.finished.empty()) {
      throw std::runtime_error(place + ": no finished run in it" +
                               (found.unfinished.empty()
                                    ? "; 'ff run' writes runs, by default to the folder runs"
                                    : ", only " + count_of_unfinished(found.unfinished) + ": " +
                                          listed(found.unfinished)));
    }
    add_new(all.finished, folders, std::move(found.finished));
    add_new(all.unfinished, folders, std::move(found.unfinished));
  }
  return all;
}

// Returns the runs whose experiment name matches one of the patterns (shell wildcards); all if
// there are no patterns.
Runs of_names(const Runs& runs, const std::vector<std::string>& patterns) {
  if (patterns.empty()) return runs;
  Runs kept;
  std::set<std::string> names;
  for (const auto& run : runs) {
    names.insert(run.name());
    const auto fits = [&](const std::string& pattern) {
      return fnmatch(pattern.c_str(), run.name().c_str(), 0) == 0;
    };
    if (std::any_of(patterns.begin(), patterns.end(), fits)) kept.push_back(run);
  }
  if (kept.empty()) {
    throw std::runtime_error(
        "--names " + joined(patterns, ",") +
        ": matches no experiment; available: " + joined({names.begin(), names.end()}));
  }
  return kept;
}

}  // namespace

int table_command(int argc, char** argv) {
  cxxopts::Options options(
      "ff table",
      "Makes a table of the finished runs in or below the folders, and in record files (FILE.jsonl "
      "of 'ff records\npack', or FILE.jsonl/NAME): one row per experiment.\n");
  options.custom_help("DIR|FILE.jsonl... [OPTION...]");
  options.add_options()  //
      ("format",
       table_format_names(),
       cxxopts::value<std::string>()->default_value("markdown"),
       "NAME")  //
      ("columns",
       "only these columns, by their keys in --format json",
       cxxopts::value<std::vector<std::string>>(),
       "KEY,...")  //
      ("names",
       "only experiments with these names; * matches any characters",
       cxxopts::value<std::vector<std::string>>(),
       "PATTERN,...")                                        //
      ("errors", "errors in percent instead of accuracies")  //
      ("h,help", "show this help");
  const auto parsed = parse_options(options, argc, argv);
  if (parsed.count("help")) return print_help(options);
  const auto& places = parsed.unmatched();
  if (places.empty()) throw UsageError("no folder named: ff table DIR... [--format NAME]");
  const auto name = parsed["format"].as<std::string>();
  const auto format = table_format(name);
  if (!format) throw UsageError("--format " + name + ": allowed: " + table_format_names());
  const auto runs = find_all(places);
  TableChoice choice{.errors = parsed.count("errors") > 0};
  if (parsed.count("columns")) choice.columns = parsed["columns"].as<std::vector<std::string>>();
  std::vector<std::string> names;
  if (parsed.count("names")) names = parsed["names"].as<std::vector<std::string>>();
  const auto width = terminal_width(STDOUT_FILENO).value_or(kTableWidth);
  std::cout << results_table(of_names(runs.finished, names), *format, choice, width);
  if (!runs.unfinished.empty()) {
    std::cerr << "ff table: excluded " << count_of_unfinished(runs.unfinished) << ": "
              << listed(runs.unfinished) << "\n";
  }
  return 0;
}

}  // namespace ff::experiments
