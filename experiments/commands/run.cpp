// ff run: trains the runs of one or more configs.
#include <algorithm>
#include <iomanip>
#include <iostream>
#include <set>
#include <sstream>
#include <unistd.h>

#include <cxxopts.hpp>

#include "experiments/commands/command_line.h"
#include "experiments/commands/commands.h"
#include "experiments/config/config.h"
#include "experiments/learners.h"
#include "experiments/run/run_all.h"
#include "experiments/run/stop.h"
#include "experiments/table/table.h"
#include "ff/core/profile.h"

namespace ff::experiments {
namespace {

cxxopts::Options run_options() {
  cxxopts::Options options("ff run", "Runs the experiments of JSON configs, once for each seed.\n");
  options.custom_help("[OPTION...]").positional_help("CONFIG...");
  options.add_options()                                           //
      ("config", "", cxxopts::value<std::vector<std::string>>())  //
      ("profile", "print the training time by section");
  add_run_options(options);
  options.parse_positional("config");
  return options;
}

std::vector<Config> configs_of(const cxxopts::ParseResult& parsed) {
  std::set<std::string> names;
  return load_configs(values_of(parsed, "config"), assignments(parsed), [&](const Config& config) {
    if (names.insert(config.name).second) return;
    throw ConfigError(config.file + ": name: \"" + config.name +
                      "\" is also used by another config; each needs its own run folder");
  });
}

// The profile's sections, most expensive first.
std::string profile_text(std::vector<ProfileLine> lines) {
  if (lines.empty()) return "ff run: nothing to profile: the fused engine ran no step\n";
  std::sort(lines.begin(), lines.end(), [](const auto& a, const auto& b) {
    return a.seconds > b.seconds;
  });
  double sum = 0;
  for (const auto& line : lines) sum += line.seconds;
  std::ostringstream text;
  text << std::fixed
       << "section                                seconds   share      calls  us each\n";
  for (const auto& line : lines) {
    text << std::left << std::setw(36) << line.section << std::right << std::setw(10)
         << std::setprecision(3) << line.seconds << std::setw(7) << std::setprecision(1)
         << 100 * line.seconds / sum << "%" << std::setw(11) << line.calls << std::setw(9)
         << 1e6 * line.seconds / static_cast<double>(line.calls) << "\n";
  }
  text << std::left << std::setw(36) << "all sections" << std::right << std::setw(10)
       << std::setprecision(3) << sum << "\n";
  return text.str();
}

// Prints, for each config, why engine "auto" selected a slower engine.
void print_engine_reasons(const std::vector<Config>& configs, const at::Device& device) {
  for (const auto& config : configs) {
    const auto choice = find_learner(config.model.type).engine(config, device);
    if (choice.reason.empty()) continue;
    std::cerr << "ff run: " << config.file << ": engine: auto takes " << choice.engine << ", as "
              << choice.reason << "\n";
  }
}

}  // namespace

int run_command(int argc, char** argv) {
  auto options = run_options();
  const auto parsed = parse_options(options, argc, argv);
  if (parsed.count("help")) return print_help(options);
  if (!parsed.count("config")) throw UsageError("no config named");
  const auto settings = run_settings(parsed, command_line(argc, argv));
  const auto configs = configs_of(parsed);
  const auto runs = list_runs(configs, settings);
  DatasetCache dataset_cache(settings);
  const auto states = check_all(runs, dataset_cache, settings, "ff run");
  if (parsed.count("dry-run")) {
    for (std::size_t i = 0; i < runs.size(); ++i) {
      if (states[i] == FolderState::kDiverged) std::cerr << diverged_before(runs[i]) << "\n";
    }
    print_engine_reasons(configs, settings.device);
    for (const auto& config : configs) std::cout << resolved(config).dump(2) << "\n";
    return 0;
  }
  if (parsed.count("profile")) begin_profile();
  catch_stop_signals();
  const auto failures =
      run_all(runs, states, dataset_cache, settings, "ff run", [&](const Run& run) {
        auto arguments = process_arguments(parsed, settings, run, run.config.file);
        for (const auto& change : values_of(parsed, "set")) {
          arguments.insert(arguments.end(), {"--set", change});
        }
        if (parsed.count("profile")) arguments.emplace_back("--profile");
        return arguments;
      });
  const auto folders = finished_folders(runs);
  if (!folders.empty()) std::cout << terminal_table(folders, STDOUT_FILENO);
  if (parsed.count("profile")) std::cerr << profile_text(profile_lines());
  return failures.empty() ? 0 : 1;
}

}  // namespace ff::experiments
