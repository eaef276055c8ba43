// ff run: the main job.
#include <algorithm>
#include <iomanip>
#include <iostream>
#include <set>
#include <sstream>

#include <cxxopts.hpp>

#include "experiments/commands/commands.h"
#include "experiments/commands/options.h"
#include "experiments/config/config.h"
#include "experiments/learners.h"
#include "experiments/plain_text.h"
#include "experiments/run/environment.h"
#include "experiments/run/runner.h"
#include "experiments/run/stop.h"
#include "experiments/table/table.h"
#include "ff/device.h"
#include "ff/profile.h"

namespace ff::experiments {
namespace {

cxxopts::Options run_options() {
  cxxopts::Options options("ff run",
                           "Runs the experiments of JSON configs, each with each of its seeds.\n");
  options.custom_help("[OPTION...]").positional_help("CONFIG...");
  options.add_options()                                           //
      ("config", "", cxxopts::value<std::vector<std::string>>())  //
      ("set",
       "change a key: --set optimizer.learning_rate=0.03 (may be repeated)",
       cxxopts::value<std::vector<std::string>>(),
       "a.b=VALUE")  //
      ("seeds",
       "use these seeds instead of the config's",
       cxxopts::value<std::string>(),
       "0,1,2")  //
      ("out",
       "where run folders are made",
       cxxopts::value<std::string>()->default_value("runs"),
       "DIR")                                                                   //
      ("resume", "go on with unfinished runs")                                  //
      ("dry-run", "check everything, print the resolved configs, run nothing")  //
      ("profile", "say where the time of training goes")                        //
      ("quiet", "no progress")                                                  //
      ("h,help", "show this");
  add_machine_options(options);
  options.parse_positional("config");
  return options;
}

std::vector<std::string> assignments(const cxxopts::ParseResult& parsed) {
  auto list = values_of(parsed, "set");
  if (parsed.count("seeds")) list.push_back("seeds=[" + parsed["seeds"].as<std::string>() + "]");
  return list;
}

std::vector<Config> load_configs(const cxxopts::ParseResult& parsed) {
  std::vector<Config> configs;
  std::string problems;
  std::set<std::string> names;
  for (const auto& file : values_of(parsed, "config")) {
    try {
      configs.push_back(load_config(file, assignments(parsed)));
      if (!names.insert(configs.back().name).second) {
        throw ConfigError(file + ": name: \"" + configs.back().name +
                          "\" is another config's too; each needs a run folder of its own");
      }
    } catch (const ConfigError& error) {
      problems += (problems.empty() ? "" : "\n") + std::string(error.what());
    }
  }
  if (!problems.empty()) throw ConfigError(problems);
  return configs;
}

RunSettings settings_from(const cxxopts::ParseResult& parsed, const std::string& command) {
  auto settings = machine_settings(parsed);
  settings.out = parsed["out"].as<std::string>();
  settings.resume = parsed.count("resume") > 0;
  settings.quiet = parsed.count("quiet") > 0 || parsed.count("dry-run") > 0;
  settings.command = command;
  return settings;
}

// Checks every run before the first begins; all that is wrong is said at once.
void check_all(const std::vector<Run>& runs, DataShelf& shelf, const RunSettings& settings) {
  std::string problems;
  std::set<std::string> warned;
  for (const auto& run : runs) {
    try {
      const auto& data = shelf.get(run.config);
      for (const auto& warning : data.warnings) {
        if (warned.insert(warning).second) std::cerr << "ff run: warning: " << warning << "\n";
      }
      if (check_run(run, data, settings) == FolderState::kDone && !settings.quiet) {
        std::cerr << run.folder.string() << ": finished before; skipped\n";
      }
    } catch (const std::exception& error) {
      const std::string text = plain_text(error);
      if (problems.find(text) == std::string::npos)
        problems += (problems.empty() ? "" : "\n") + text;
    }
  }
  if (!problems.empty()) throw std::runtime_error(problems);
}

// Runs them one after the other; a failure does not stop the others. Returns how many failed.
int run_all(const std::vector<Run>& runs, DataShelf& shelf, const RunSettings& settings) {
  int failures = 0;
  for (const auto& run : runs) {
    try {
      execute(run, shelf.get(run.config), settings);
    } catch (const Interrupted&) {
      throw;
    } catch (const std::exception& error) {
      ++failures;
      const auto text = plain_text(error);
      const auto folder = run.folder.string();  // which errors about its files name already
      std::cerr << "ff run: " << (text.find(folder) == std::string::npos ? folder + ": " : "")
                << text << "\n";
    }
  }
  return failures;
}

// The sections of all runs, the dearest first.
std::string profile_text(std::vector<ProfileLine> lines) {
  if (lines.empty()) return "ff run: nothing to profile: no step of the fused engine ran\n";
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

}  // namespace

int run_command(int argc, char** argv) {
  auto options = run_options();
  const auto parsed = options.parse(argc, argv);
  if (parsed.count("help")) return print_help(options);
  if (!parsed.count("config")) throw UsageError("no config named");
  const auto settings = settings_from(parsed, command_line(argc, argv));
  const auto configs = load_configs(parsed);
  const auto runs = list_runs(configs, settings);
  DataShelf shelf(settings);
  check_all(runs, shelf, settings);
  if (parsed.count("dry-run")) {
    for (const auto& config : configs) std::cout << resolved(config).dump(2) << "\n";
    return 0;
  }
  if (parsed.count("profile")) begin_profile();
  catch_stop_signals();
  const int failures = run_all(runs, shelf, settings);
  std::vector<std::filesystem::path> folders;
  for (const auto& run : runs) {
    if (std::filesystem::exists(run.folder / "DONE")) folders.push_back(run.folder);
  }
  if (!folders.empty()) std::cout << results_table(folders, TableFormat::kTerminal);
  if (parsed.count("profile")) std::cerr << profile_text(profile_lines());
  return failures == 0 ? 0 : 1;
}

}  // namespace ff::experiments
