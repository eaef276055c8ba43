// Execution of several runs: all are checked before the first starts, and a failed run does not
// stop the others.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "experiments/run/runner.h"

namespace ff::experiments {

/// Loads the data of every run and checks it. Prints warnings and already finished runs on standard
/// error, prefixed with `who` ("ff run"). Throws std::runtime_error with one line per problem.
std::vector<FolderState> check_all(const std::vector<Run>& runs,
                                   DatasetCache& dataset_cache,
                                   const RunSettings& settings,
                                   const std::string& who);

struct FailedRun {
  std::filesystem::path folder;
  std::string reason;  // one line, including the folder
};

/// Returns true if concurrent runs (settings.jobs) are separate processes that share the threads,
/// as on a CPU.
bool in_processes(const RunSettings& settings);

/// Returns the command-line arguments that make this program execute a single run.
using ProcessArguments = std::function<std::vector<std::string>(const Run& run)>;

/// Executes the unfinished runs, settings.jobs at a time. Prints each failure on standard error
/// immediately and returns all failures. Throws Interrupted on a stop request.
std::vector<FailedRun> run_all(const std::vector<Run>& runs,
                               const std::vector<FolderState>& states,
                               DatasetCache& dataset_cache,
                               const RunSettings& settings,
                               const std::string& who,
                               const ProcessArguments& arguments);

/// Returns the folders of the finished runs.
std::vector<std::filesystem::path> finished_folders(const std::vector<Run>& runs);

}  // namespace ff::experiments
