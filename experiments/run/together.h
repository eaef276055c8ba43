// Group training: runs with compatible configs train jointly on a GPU; each writes the same run
// folder as if it had run alone.
#pragma once

#include <string>
#include <vector>

#include "experiments/run/runner.h"

namespace ff::experiments {

/// Splits runs into groups of at most settings.jobs that can train together: on a GPU whose engine
/// supports it, with configs that differ only in name, seed and learning rates, and all new or all
/// unfinished. All other runs form groups of one.
std::vector<std::vector<Run>> grouped(const std::vector<Run>& runs,
                                      const std::vector<FolderState>& states,
                                      const RunSettings& settings);

/// A failed run and its error message.
struct Failure {
  Run run;
  std::string text;
};

/// Calls execute() for a group. A failed run (NaN loss) does not stop the others. On a stop
/// request, saves checkpoints of all runs and throws Interrupted.
std::vector<Failure> execute_together(const std::vector<Run>& runs,
                                      const LoadedData& data,
                                      const RunSettings& settings);

}  // namespace ff::experiments
