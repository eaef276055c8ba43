// ff table: the results of finished runs, for a paper, a page, a spreadsheet or a program.
#include "experiments/table/table.h"

#include <algorithm>
#include <iostream>
#include <unistd.h>

#include <cxxopts.hpp>

#include "experiments/commands/commands.h"
#include "experiments/commands/options.h"
#include "experiments/table/run_record.h"
#include "experiments/table/text.h"

namespace ff::experiments {
namespace {

namespace fs = std::filesystem;
using Paths = std::vector<fs::path>;

std::string listed(const Paths& paths) {
  std::vector<std::string> texts;
  for (const auto& path : paths) texts.push_back(path.string());
  return join(texts, ", ");
}

std::string count_of_unfinished(const Paths& paths) {
  return std::to_string(paths.size()) + " unfinished run" + (paths.size() == 1 ? "" : "s");
}

// Each run once, even if two of the folders named hold it.
void add_new(Paths& all, const Paths& found) {
  for (const auto& path : found) {
    const auto is_it = [&](const fs::path& other) { return fs::equivalent(path, other); };
    if (std::none_of(all.begin(), all.end(), is_it)) all.push_back(path);
  }
}

FoundRuns find_all(const std::vector<std::string>& folders) {
  FoundRuns all;
  for (const auto& folder : folders) {
    const auto found = find_runs(folder);
    if (found.finished.empty()) {
      throw std::runtime_error(folder + ": no finished run in it" +
                               (found.unfinished.empty()
                                    ? "; 'ff run' makes runs, by default in the folder runs"
                                    : ", only " + count_of_unfinished(found.unfinished) + ": " +
                                          listed(found.unfinished)));
    }
    add_new(all.finished, found.finished);
    add_new(all.unfinished, found.unfinished);
  }
  return all;
}

}  // namespace

int table_command(int argc, char** argv) {
  cxxopts::Options options(
      "ff table",
      "Makes a table of the finished runs in or below the folders: a row for each experiment.\n");
  options.custom_help("DIR... [OPTION...]");
  options.add_options()  //
      ("format",
       table_format_names(),
       cxxopts::value<std::string>()->default_value("markdown"),
       "NAME")  //
      ("columns",
       "only these, by the keys that --format json has",
       cxxopts::value<std::vector<std::string>>(),
       "KEY,...")                                              //
      ("errors", "errors in percent, in place of accuracies")  //
      ("h,help", "show this");
  const auto parsed = parse_options(options, argc, argv);
  if (parsed.count("help")) return print_help(options);
  const auto& folders = parsed.unmatched();
  if (folders.empty()) throw UsageError("no folder named: ff table DIR... [--format NAME]");
  const auto name = parsed["format"].as<std::string>();
  const auto format = table_format(name);
  if (!format) throw UsageError("--format " + name + ": allowed: " + table_format_names());
  const auto runs = find_all(folders);
  TableChoice choice{.errors = parsed.count("errors") > 0};
  if (parsed.count("columns")) choice.columns = parsed["columns"].as<std::vector<std::string>>();
  const auto width = terminal_width(STDOUT_FILENO).value_or(kTableWidth);
  std::cout << results_table(runs.finished, *format, choice, width);
  if (!runs.unfinished.empty()) {
    std::cerr << "ff table: left out " << count_of_unfinished(runs.unfinished) << ": "
              << listed(runs.unfinished) << "\n";
  }
  return 0;
}

}  // namespace ff::experiments
