// Run folders into a record file, and back.
#pragma once

#include <filesystem>
#include <vector>

#include "experiments/records/record_file.h"

namespace ff::experiments {

struct PackOptions {
  bool strip_paths = false;        // without the environment's "data" and "command"
  bool candidates = false;         // with the runs that a sweep chose among
  std::filesystem::path out = {};  // the file to be written: left out where it lies in a source
};

/// The records of the runs in or below `sources` (folders, record files or places in one), finished
/// or not, in the order in which find_runs gives them; their folders are NAME/seed-N below the
/// source that they were found in, or more where they lie deeper. Of a sweep that chose, the
/// choice, and the runs that followed from it. Throws an error of one line, also for two runs with
/// one folder and where there is no run.
RecordFile pack(const std::vector<std::filesystem::path>& sources, const PackOptions& options = {});

/// Writes the run folders below `out`, and choice.json files: config.json, environment.json,
/// metrics.jsonl, result.json, DONE or DIVERGED. `records` is a record file's, as read. Throws
/// std::runtime_error, and writes nothing, where one of the folders holds files already.
void unpack(const std::filesystem::path& file,
            const RecordFile& records,
            const std::filesystem::path& out);

}  // namespace ff::experiments
