// Runs that differ only in their seed, together: a row of a table.
#pragma once

#include <string>
#include <vector>

#include "experiments/records/run_record.h"

namespace ff::experiments {

struct Experiment {
  std::string label;            // the name; with a folder behind it where two have the same name
  std::vector<RunRecord> runs;  // by seed, each seed once
  std::string data;             // of runs that are apart for their data alone: which these are
};

/// Groups runs of one name and one config but for the seeds, in the order in which they first
/// appear. Runs on different data are apart, too, as far as they say what it was. The same seed
/// from several folders (another machine, the reference) makes several experiments: counting it
/// twice would make the spread look smaller than it is.
std::vector<Experiment> group_runs(const std::vector<RunRecord>& runs);

}  // namespace ff::experiments
