// ff sweep: runs configs over a grid of values, and chooses the best point of each.
#include "experiments/sweep/sweep.h"

#include <algorithm>
#include <iostream>
#include <iterator>
#include <map>
#include <unistd.h>

#include <cxxopts.hpp>

#include "experiments/commands/command_line.h"
#include "experiments/commands/commands.h"
#include "experiments/files.h"
#include "experiments/records/run_record.h"
#include "experiments/run/run_all.h"
#include "experiments/run/stop.h"
#include "experiments/run/warnings.h"
#include "experiments/sweep/choose_points.h"
#include "experiments/table/table.h"

namespace ff::experiments {
namespace {

constexpr const char* kWho = "ff sweep";

cxxopts::Options sweep_options() {
  cxxopts::Options options(kWho,
                           "Runs configs over a grid of keys and values given by a JSON file, and "
                           "chooses the best\npoint of each by validation accuracy. Runs are "
                           "written to DIR/<name of the sweep>/.\n");
  options.custom_help("[OPTION...]").positional_help("FILE");
  options.add_options()("file", "", cxxopts::value<std::vector<std::string>>());
  options.add_options()("records",
                        "treat the runs in these record files or folders as done (may be repeated)",
                        cxxopts::value<std::vector<std::string>>(),
                        "FILE.jsonl");
  add_run_options(options);
  options.parse_positional("file");
  return options;
}

std::vector<Run> runs_of(const Sweep& sweep, const RunSettings& settings) {
  std::vector<Config> configs;
  for (const auto& point : sweep.points) configs.push_back(point.config);
  return list_runs(configs, settings);
}

const RunRecord* record_of(const Run& run, const RecordedRuns& recorded) {
  return recorded.find(run.config, run.config.seeds.front());
}

// The runs without a record: they have to be trained, or are finished in their folders.
std::vector<Run> not_recorded(const std::vector<Run>& runs, const RecordedRuns& recorded) {
  std::vector<Run> rest;
  std::copy_if(runs.begin(), runs.end(), std::back_inserter(rest), [&](const Run& run) {
    return record_of(run, recorded) == nullptr;
  });
  return rest;
}

// The finished runs, from records or run folders.
std::vector<RunRecord> finished_runs(const std::vector<Run>& runs, const RecordedRuns& recorded) {
  std::vector<RunRecord> finished;
  for (const auto& run : runs) {
    if (const auto* record = record_of(run, recorded)) {
      finished.push_back(*record);
    } else if (has_result(run.folder)) {
      finished.push_back(read_run(run.folder));
    }
  }
  return finished;
}

// Prints the state and the folder of each run, for --dry-run.
void print_plan(const Sweep& sweep,
                const RecordedRuns& recorded,
                DatasetCache& dataset_cache,
                RunSettings settings) {
  settings.resume = true;  // list unfinished runs instead of failing
  const auto runs = runs_of(sweep, settings);
  std::size_t done = 0;
  WarningPrinter warning_printer(kWho);
  for (const auto& run : runs) {
    if (const auto* record = record_of(run, recorded)) {
      done += record->diverged() ? 0 : 1;
      std::cout << (record->diverged() ? "diverged    " : "done        ") << record->folder.string()
                << "\n";
      continue;
    }
    const auto& data = dataset_cache.get(run.config);
    const auto state = check_run(run, data, settings);
    warning_printer.warn(run.config, data);
    done += state == FolderState::kDone ? 1 : 0;
    std::cout << (state == FolderState::kDone         ? "done        "
                  : state == FolderState::kDiverged   ? "diverged    "
                  : state == FolderState::kUnfinished ? "unfinished  "
                  : state == FolderState::kShorter    ? "shorter     "
                                                      : "new         ")
              << run.folder.string() << "\n";
  }
  std::map<std::string, std::size_t> then;  // runs of one point of each config
  for (const auto& point : sweep.points) then[point.of] = list_runs(point.then, settings).size();
  std::size_t more = 0;
  for (const auto& item : then) more += item.second;
  std::cout << runs.size() << " runs, " << done << " of them done";
  if (more > 0) std::cout << "; then " << more << " of the chosen points";
  std::cout << "\n";
}

// Writes choice.json and prints it; returns the runs of the chosen points.
std::vector<Run> choose(const Sweep& sweep,
                        const RecordedRuns& recorded,
                        const RunSettings& settings) {
  const auto choice = choose_points(sweep, settings.out, recorded);
  std::filesystem::create_directories(settings.out);  // missing if all runs come from records
  write_file(settings.out / "choice.json", choice.json.dump(2) + "\n");
  std::cout << choice.json.dump(2) << "\n";
  for (const auto& item : choice.json["chosen"].items()) {
    const auto& chosen = item.value();
    if (chosen["set"].is_null()) {
      std::cerr << kWho << ": " << item.key() << ": no point of the grid finished\n";
    }
    for (const auto& key : chosen["edges"]) {
      const auto name = key.get<std::string>();
      std::cerr << kWho << ": " << item.key() << ": the best " << name << ", "
                << chosen["set"][name].dump() << ", is at the edge of the grid\n";
    }
  }
  std::vector<Config> configs;
  for (const auto* winner : choice.winners) {
    configs.insert(configs.end(), winner->then.begin(), winner->then.end());
  }
  return list_runs(configs, settings);
}

// Checks and runs `runs`; returns the failed ones. Each process of --jobs reads its config from a
// file, which is kept so that the command line in the run's record can be repeated.
std::vector<FailedRun> run_them(const std::vector<Run>& runs,
                                DatasetCache& dataset_cache,
                                const RunSettings& settings,
                                const cxxopts::ParseResult& parsed) {
  const auto states = check_all(runs, dataset_cache, settings, kWho);
  return run_all(runs, states, dataset_cache, settings, kWho, [&](const Run& run) {
    const auto file = settings.out / "configs" / (run.config.name + ".json");
    std::filesystem::create_directories(file.parent_path());
    write_file(file, resolved(run.config).dump(2) + "\n");
    return process_arguments(parsed, settings, run, file.string());
  });
}

int conclude(const std::vector<FailedRun>& failures, std::size_t runs) {
  if (failures.empty()) return 0;
  std::cerr << kWho << ": " << failures.size() << " of " << runs << " runs failed:\n";
  for (const auto& failure : failures) std::cerr << kWho << ":   " << failure.reason << "\n";
  return 1;
}

}  // namespace

int sweep_command(int argc, char** argv) {
  auto options = sweep_options();
  const auto parsed = parse_options(options, argc, argv);
  if (parsed.count("help")) return print_help(options);
  const auto files = values_of(parsed, "file");
  if (files.size() != 1) {
    throw UsageError("expected one sweep file, got " + std::to_string(files.size()));
  }
  auto settings = run_settings(parsed, command_line(argc, argv));
  const auto sweep = load_sweep(files[0], assignments(parsed));
  settings.out /= sweep.name;
  const RecordedRuns recorded(values_of(parsed, "records"));
  DatasetCache dataset_cache(settings);
  if (parsed.count("dry-run")) {
    print_plan(sweep, recorded, dataset_cache, settings);
    return 0;
  }
  catch_stop_signals();
  auto runs = runs_of(sweep, settings);
  auto failures = run_them(not_recorded(runs, recorded), dataset_cache, settings, parsed);
  auto shown = runs;
  if (sweep.choose) {
    shown = choose(sweep, recorded, settings);
    const auto more = run_them(not_recorded(shown, recorded), dataset_cache, settings, parsed);
    failures.insert(failures.end(), more.begin(), more.end());
    runs.insert(runs.end(), shown.begin(), shown.end());
  }
  const auto finished = finished_runs(shown, recorded);
  if (!finished.empty()) {
    (sweep.choose ? std::cerr : std::cout)
        << terminal_table(finished, sweep.choose ? STDERR_FILENO : STDOUT_FILENO);
  }
  return conclude(failures, runs.size());
}

}  // namespace ff::experiments
