// ff run: the main job.
#include <algorithm>
#include <iomanip>
#include <iostream>
#include <set>
#include <sstream>

#include <ATen/Parallel.h>

#include <cxxopts.hpp>

#include "experiments/commands/commands.h"
#include "experiments/commands/options.h"
#include "experiments/config/config.h"
#include "experiments/learners.h"
#include "experiments/plain_text.h"
#include "experiments/run/environment.h"
#include "experiments/run/processes.h"
#include "experiments/run/runner.h"
#include "experiments/run/stop.h"
#include "experiments/run/together.h"
#include "experiments/table/table.h"
#include "ff/device.h"
#include "ff/gpu/devices.h"
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
       "DIR")  //
      ("jobs",
       "runs at once: on a GPU their small networks train as one, on a CPU each is a process with "
       "its share of the threads; 0: 8 small ones on a GPU, 1 on a CPU",
       cxxopts::value<std::int64_t>()->default_value("0"),
       "N")                                                                     //
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

// On a CPU several runs at once are processes, each with its share of the threads.
bool in_processes(const RunSettings& settings) {
  return settings.jobs > 1 && !gpu::is_gpu(settings.device);
}

RunSettings settings_from(const cxxopts::ParseResult& parsed, const std::string& command) {
  auto settings = machine_settings(parsed);
  settings.out = parsed["out"].as<std::string>();
  settings.resume = parsed.count("resume") > 0;
  settings.quiet = parsed.count("quiet") > 0 || parsed.count("dry-run") > 0;
  settings.command = command;
  settings.jobs = parsed["jobs"].as<std::int64_t>();
  if (settings.jobs < 0 || settings.jobs > 1024) {
    throw UsageError("--jobs " + std::to_string(settings.jobs) + ": allowed: 0 to 1024");
  }
  if (in_processes(settings)) {  // from here on, threads are those of one of them
    set_up_threads(std::max<std::int64_t>(1, at::get_num_threads() / settings.jobs));
  }
  return settings;
}

// Checks every run before the first begins; all that is wrong is said at once.
std::vector<FolderState> check_all(const std::vector<Run>& runs,
                                   DataShelf& shelf,
                                   const RunSettings& settings) {
  std::vector<FolderState> states;
  std::string problems;
  std::set<std::string> warned;
  for (const auto& run : runs) {
    try {
      const auto& data = shelf.get(run.config);
      for (const auto& warning : data.warnings) {
        if (warned.insert(warning).second) std::cerr << "ff run: warning: " << warning << "\n";
      }
      states.push_back(check_run(run, data, settings));
      if (states.back() == FolderState::kDone && !settings.quiet) {
        std::cerr << run.folder.string() << ": finished before; skipped\n";
      }
    } catch (const std::exception& error) {
      const std::string text = plain_text(error);
      if (problems.find(text) == std::string::npos)
        problems += (problems.empty() ? "" : "\n") + text;
    }
  }
  if (!problems.empty()) throw std::runtime_error(problems);
  return states;
}

// Runs them one after the other, or on a GPU several as one; a failure does not stop the others.
// Returns how many failed.
int run_all(const std::vector<Run>& runs,
            const std::vector<FolderState>& states,
            DataShelf& shelf,
            const RunSettings& settings) {
  int failures = 0;
  for (const auto& group : grouped(runs, states, settings)) {
    const auto& data = shelf.get(group.front().config);
    for (const auto& [run, text] : execute_together(group, data, settings)) {
      ++failures;
      const auto folder = run.folder.string();  // which errors about its files name already
      std::cerr << "ff run: " << (text.find(folder) == std::string::npos ? folder + ": " : "")
                << text << "\n";
    }
  }
  return failures;
}

// The arguments with which a process makes one of the runs.
std::vector<std::string> arguments_for(const Run& run, const cxxopts::ParseResult& parsed) {
  std::vector<std::string> arguments = {"run", run.config.file};
  const auto add = [&](const std::string& option, const std::string& value) {
    arguments.insert(arguments.end(), {"--" + option, value});
  };
  for (const auto& change : values_of(parsed, "set")) add("set", change);
  add("seeds", std::to_string(run.config.seeds[0]));
  add("out", parsed["out"].as<std::string>());
  add("device", "cpu");
  add("threads", std::to_string(at::get_num_threads()));
  if (parsed.count("data-root")) add("data-root", parsed["data-root"].as<std::string>());
  for (const auto* flag : {"resume", "quiet", "profile"}) {
    if (parsed.count(flag)) arguments.push_back(std::string("--") + flag);
  }
  return arguments;
}

// Each run as a process of its own, settings.jobs at a time.
int run_in_processes(const std::vector<Run>& runs,
                     const std::vector<FolderState>& states,
                     const RunSettings& settings,
                     const cxxopts::ParseResult& parsed) {
  std::vector<std::vector<std::string>> commands;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (states[i] == FolderState::kDone) continue;
    commands.push_back(arguments_for(runs[i], parsed));
  }
  const auto codes = run_processes(commands, settings.jobs);
  if (stop_requested()) {
    throw Interrupted("interrupted; the same command with --resume goes on from here");
  }
  return static_cast<int>(
      std::count_if(codes.begin(), codes.end(), [](int code) { return code != 0; }));
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
  const auto states = check_all(runs, shelf, settings);
  if (parsed.count("dry-run")) {
    for (const auto& config : configs) std::cout << resolved(config).dump(2) << "\n";
    return 0;
  }
  if (parsed.count("profile")) begin_profile();
  catch_stop_signals();
  const int failures = in_processes(settings) ? run_in_processes(runs, states, settings, parsed)
                                              : run_all(runs, states, shelf, settings);
  std::vector<std::filesystem::path> folders;
  for (const auto& run : runs) {
    if (std::filesystem::exists(run.folder / "DONE")) folders.push_back(run.folder);
  }
  if (!folders.empty()) std::cout << results_table(folders, TableFormat::kTerminal);
  if (parsed.count("profile")) std::cerr << profile_text(profile_lines());
  return failures == 0 ? 0 : 1;
}

}  // namespace ff::experiments
