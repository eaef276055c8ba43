#include "experiments/run/run_all.h"

#include <csignal>
#include <cstring>
#include <iostream>

#include "experiments/plain_text.h"
#include "experiments/records/run_record.h"
#include "experiments/run/device_errors.h"
#include "experiments/run/processes.h"
#include "experiments/run/stop.h"
#include "experiments/run/together.h"
#include "experiments/run/warnings.h"
#include "ff/core/option_error.h"
#include "ff/engines/gpu/devices.h"

namespace ff::experiments {
namespace {

// Returns why the process of a run failed; if a signal killed it, also how to resume.
std::string reason_of(const std::filesystem::path& folder, ProcessEnd end) {
  if (end.signal == 0) {
    return folder.string() + ": exit code " + std::to_string(end.code) + "; see the error above";
  }
  const bool saved = std::filesystem::exists(folder / "checkpoint.pt");
  return folder.string() + ": its process was killed by signal " + std::to_string(end.signal) +
         " (" + strsignal(end.signal) + ")" +
         (end.signal == SIGKILL ? ", possibly out of memory (use fewer --jobs)" : "") +
         "; run the same command with --resume to " +
         (saved ? "continue from its last checkpoint" : "restart it");
}

std::vector<FailedRun> run_in_processes(const std::vector<Run>& runs,
                                        const std::vector<FolderState>& states,
                                        const RunSettings& settings,
                                        const std::string& who,
                                        const ProcessArguments& arguments) {
  std::vector<std::vector<std::string>> commands;
  std::vector<std::filesystem::path> folders;
  std::vector<FailedRun> failures;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (states[i] == FolderState::kDone) continue;
    if (states[i] == FolderState::kDiverged) {
      failures.push_back({runs[i].folder, diverged_before(runs[i])});
      std::cerr << who << ": " << failures.back().reason << "\n";
      continue;
    }
    commands.push_back(arguments(runs[i]));
    folders.push_back(runs[i].folder);
  }
  const WarningPrinter::SuppressInChildren suppressed;
  run_processes(commands, settings.jobs, [&](std::size_t i, ProcessEnd end) {
    if (end.good()) return;
    failures.push_back({folders[i], reason_of(folders[i], end)});
    // A process killed by a signal has not printed an error itself.
    if (end.signal != 0) std::cerr << who << ": " << failures.back().reason << "\n";
  });
  if (stop_requested()) {
    throw Interrupted("interrupted; run the same command with --resume to continue");
  }
  return failures;
}

// Adds the config file to errors about a key that are found only after loading the data.
std::string with_file(const std::exception& error, const std::string& file) {
  const bool of_key = dynamic_cast<const OptionError*>(&error) != nullptr;
  return (of_key && !file.empty() ? file + ": " : "") + plain_text(error);
}

}  // namespace

std::vector<FolderState> check_all(const std::vector<Run>& runs,
                                   DatasetCache& dataset_cache,
                                   const RunSettings& settings,
                                   const std::string& who) {
  std::vector<FolderState> states;
  std::string problems;
  WarningPrinter warning_printer(who);
  for (const auto& run : runs) {
    try {
      translate_device_errors(run.folder, [&] {
        const auto& data = dataset_cache.get(run.config);
        states.push_back(check_run(run, data, settings));
        warning_printer.warn(run.config, data);
      });
      if (states.back() == FolderState::kDone && !settings.quiet) {
        std::cerr << run.folder.string() << ": finished before; skipped\n";
      }
    } catch (const std::exception& error) {
      const auto text = with_file(error, run.config.file);
      if (problems.find(text) == std::string::npos)
        problems += (problems.empty() ? "" : "\n") + text;
    }
  }
  if (!problems.empty()) throw std::runtime_error(problems);
  return states;
}

bool in_processes(const RunSettings& settings) {
  return settings.jobs > 1 && !gpu::is_gpu(settings.device);
}

std::vector<FailedRun> run_all(const std::vector<Run>& runs,
                               const std::vector<FolderState>& states,
                               DatasetCache& dataset_cache,
                               const RunSettings& settings,
                               const std::string& who,
                               const ProcessArguments& arguments) {
  if (in_processes(settings)) {
    dataset_cache.clear();  // free the memory: each process loads the data itself
    return run_in_processes(runs, states, settings, who, arguments);
  }
  std::vector<FailedRun> failures;
  const auto fail = [&](const Run& run, const std::string& text) {
    const auto folder = run.folder.string();  // errors about its files already contain the folder
    const auto prefix = text.find(folder) == std::string::npos ? folder + ": " : "";
    failures.push_back({run.folder, prefix + text});
    std::cerr << who << ": " << failures.back().reason << "\n";
  };
  for (const auto& group : grouped(runs, states, settings)) {
    const auto& data = dataset_cache.get(group.front().config);
    if (group.size() > 1) {
      for (const auto& [run, text] : execute_together(group, data, settings)) fail(run, text);
      continue;
    }
    try {
      execute(group.front(), data, settings);
    } catch (const Interrupted&) {
      throw;
    } catch (const std::exception& error) {
      fail(group.front(), plain_text(error));
    }
  }
  return failures;
}

std::vector<std::filesystem::path> finished_folders(const std::vector<Run>& runs) {
  std::vector<std::filesystem::path> folders;
  for (const auto& run : runs) {
    if (has_result(run.folder)) folders.push_back(run.folder);
  }
  return folders;
}

}  // namespace ff::experiments
