// Many runs: all are checked before the first begins, and a failure does not stop the others.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "experiments/run/runner.h"

namespace ff::experiments {

/// Loads the data of every run and checks it; says on standard error what is odd or was finished
/// before, beginning with `who` ("ff run"). Throws std::runtime_error with a line for each problem.
std::vector<FolderState> check_all(const std::vector<Run>& runs,
                                   DataShelf& shelf,
                                   const RunSettings& settings,
                                   const std::string& who);

struct FailedRun {
  std::filesystem::path folder;
  std::string reason;  // one line that names the folder
};

/// Whether settings.jobs runs at once are processes, each with its share of the threads: on a CPU.
bool in_processes(const RunSettings& settings);

/// The arguments with which this program makes one of the runs in a process of its own.
using ProcessArguments = std::function<std::vector<std::string>(const Run& run)>;

/// Executes those that are not done, settings.jobs at a time; a failure is told on standard error
/// at once, and returned. Throws Interrupted.
std::vector<FailedRun> run_all(const std::vector<Run>& runs,
                               const std::vector<FolderState>& states,
                               DataShelf& shelf,
                               const RunSettings& settings,
                               const std::string& who,
                               const ProcessArguments& arguments);

/// The folders of those that are finished.
std::vector<std::filesystem::path> finished_folders(const std::vector<Run>& runs);

}  // namespace ff::experiments
