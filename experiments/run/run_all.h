// Many runs, one after the other: all are checked before the first begins, and a failure does not
// stop the others.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "experiments/run/runner.h"

namespace ff::experiments {

/// Loads the data of every run and checks it; says on standard error what is odd or was finished
/// before, beginning with `who` ("ff run"). Throws std::runtime_error with a line for each problem.
void check_all(const std::vector<Run>& runs,
               DataShelf& shelf,
               const RunSettings& settings,
               const std::string& who);

struct FailedRun {
  std::filesystem::path folder;
  std::string reason;  // one line that names the folder
};

/// Executes them; a failure is told on standard error at once, and returned. Throws Interrupted.
std::vector<FailedRun> run_all(const std::vector<Run>& runs,
                               DataShelf& shelf,
                               const RunSettings& settings,
                               const std::string& who);

/// The folders of those that are finished.
std::vector<std::filesystem::path> finished_folders(const std::vector<Run>& runs);

}  // namespace ff::experiments
