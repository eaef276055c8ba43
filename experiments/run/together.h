// Runs that differ in little, made as one: their networks train together on a GPU, and each leaves
// the run folder that it would leave alone.
#pragma once

#include <string>
#include <vector>

#include "experiments/run/runner.h"

namespace ff::experiments {

/// The runs in groups of at most settings.jobs that can train together: on a GPU that the learner's
/// engine drives, of configs that differ in name, seed and the optimizer's rates alone, and all
/// new or all unfinished. The others are alone.
std::vector<std::vector<Run>> grouped(const std::vector<Run>& runs,
                                      const std::vector<FolderState>& states,
                                      const RunSettings& settings);

/// A run that failed, and why.
struct Failure {
  Run run;
  std::string text;
};

/// As `execute` for each of them. One that fails (its loss is no number) does not stop the others;
/// throws Interrupted when asked to stop, after saving checkpoints of all.
std::vector<Failure> execute_together(const std::vector<Run>& runs,
                                      const LoadedData& data,
                                      const RunSettings& settings);

}  // namespace ff::experiments
