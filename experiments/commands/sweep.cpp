// ff sweep: configs over a grid, and the choice of the best point.
#include "experiments/sweep/sweep.h"

#include <iostream>

#include <cxxopts.hpp>

#include "experiments/commands/commands.h"
#include "experiments/commands/options.h"
#include "experiments/files.h"
#include "experiments/run/run_all.h"
#include "experiments/run/stop.h"
#include "experiments/sweep/choice.h"
#include "experiments/table/table.h"

namespace ff::experiments {
namespace {

constexpr const char* kWho = "ff sweep";

cxxopts::Options sweep_options() {
  cxxopts::Options options(kWho,
                           "Runs configs over a grid of keys and values, as a JSON file says, and "
                           "chooses the best\npoint of each by its validation images. Runs go to "
                           "DIR/<name of the sweep>/.\n");
  options.custom_help("[OPTION...]").positional_help("FILE");
  options.add_options()("file", "", cxxopts::value<std::vector<std::string>>());
  add_run_options(options);
  options.parse_positional("file");
  return options;
}

std::vector<Run> runs_of(const Sweep& sweep, const RunSettings& settings) {
  std::vector<Config> configs;
  for (const auto& point : sweep.points) configs.push_back(point.config);
  return list_runs(configs, settings);
}

// A line for each run: what would become of it, and where.
void print_plan(const std::vector<Run>& runs, DataShelf& shelf, RunSettings settings) {
  settings.resume = true;  // an unfinished run is a thing to list, not a reason to stop
  std::size_t done = 0;
  for (const auto& run : runs) {
    const auto state = check_run(run, shelf.get(run.config), settings);
    done += state == FolderState::kDone ? 1 : 0;
    std::cout << (state == FolderState::kDone         ? "done        "
                  : state == FolderState::kUnfinished ? "unfinished  "
                                                      : "new         ")
              << run.folder.string() << "\n";
  }
  std::cout << runs.size() << " runs, " << done << " of them done\n";
}

// Returns whether there is a choice for every config.
bool choose(const Sweep& sweep, const std::filesystem::path& folder) {
  const auto choice = choose_points(sweep, folder);
  write_file(folder / "choice.json", choice.dump(2) + "\n");
  std::cout << choice.dump(2) << "\n";
  bool complete = true;
  for (const auto& item : choice["chosen"].items()) {
    const auto& chosen = item.value();
    if (chosen["set"].is_null()) {
      std::cerr << kWho << ": " << item.key() << ": no point of the grid finished\n";
      complete = false;
    }
    for (const auto& key : chosen["edges"]) {
      const auto name = key.get<std::string>();
      std::cerr << kWho << ": " << item.key() << ": the best " << name << ", "
                << chosen["set"][name].dump() << ", is at the edge of what was tried\n";
    }
  }
  return complete;
}

}  // namespace

int sweep_command(int argc, char** argv) {
  auto options = sweep_options();
  const auto parsed = options.parse(argc, argv);
  if (parsed.count("help")) return print_help(options);
  const auto files = values_of(parsed, "file");
  if (files.size() != 1) {
    throw UsageError("one sweep file is needed, not " + std::to_string(files.size()));
  }
  auto settings = run_settings(parsed, command_line(argc, argv));
  const auto sweep = load_sweep(files[0], assignments(parsed));
  settings.out /= sweep.name;
  const auto runs = runs_of(sweep, settings);
  DataShelf shelf(settings);
  if (parsed.count("dry-run")) {
    print_plan(runs, shelf, settings);
    return 0;
  }
  check_all(runs, shelf, settings, kWho);
  catch_stop_signals();
  const auto failures = run_all(runs, shelf, settings, kWho);
  const auto folders = finished_folders(runs);
  bool complete = true;
  if (sweep.choose) {
    complete = choose(sweep, settings.out);
  } else if (!folders.empty()) {
    std::cout << results_table(folders, TableFormat::kTerminal);
  }
  if (!failures.empty()) {
    std::cerr << kWho << ": " << failures.size() << " of " << runs.size() << " runs failed:\n";
    for (const auto& failure : failures) std::cerr << kWho << ":   " << failure.reason << "\n";
  }
  return failures.empty() && complete ? 0 : 1;
}

}  // namespace ff::experiments
