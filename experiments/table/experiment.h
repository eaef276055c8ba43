// Grouping of runs that differ only in their seed; one table row each.
#pragma once

#include <string>
#include <vector>

#include "experiments/records/run_record.h"

namespace ff::experiments {

struct Experiment {
  std::string label;  // name, followed by the folder if two experiments have the same name
  std::vector<RunRecord> runs;  // sorted by seed, without duplicates
  std::string data;             // label of the data, set if experiments differ only in it
};

/// Groups runs with the same name and the same config except for the seeds, in order of first
/// occurrence. Runs on different data form separate groups if their data is recorded. Runs with the
/// same seed from several folders (another machine, the Python reference) form separate
/// experiments: counting a seed twice would underestimate the standard deviation.
std::vector<Experiment> group_runs(const std::vector<RunRecord>& runs);

}  // namespace ff::experiments
