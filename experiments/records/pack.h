// Conversion between run folders and record files.
#pragma once

#include <filesystem>
#include <vector>

#include "experiments/records/record_file.h"

namespace ff::experiments {

struct PackOptions {
  bool strip_paths = false;        // omit "data" and "command" of the environment
  bool candidates = false;         // include the candidate runs of sweeps
  std::filesystem::path out = {};  // output file, ignored if it lies inside a source
};

/// Collects the runs in or below `sources` (folders, record files or paths inside record files),
/// finished or not, in the order of find_runs(). Their folders become NAME/seed-N relative to the
/// source, with more components for deeper nesting. For a sweep with a choice, packs the choice and
/// its follow-up runs. Throws a one-line error, also if two runs have the same folder or if there
/// is no run.
RecordFile pack(const std::vector<std::filesystem::path>& sources, const PackOptions& options = {});

/// Writes the run folders and choice.json files below `out`: config.json, environment.json,
/// metrics.jsonl, result.json, DONE or DIVERGED. `records` is the content of a record file. Throws
/// std::runtime_error before writing anything if a target folder is not empty.
void unpack(const std::filesystem::path& file,
            const RecordFile& records,
            const std::filesystem::path& out);

}  // namespace ff::experiments
