// Runs of a sweep that were made elsewhere, and stand in record files.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "experiments/config/config.h"
#include "experiments/records/run_record.h"

namespace ff::experiments {

class RecordedRuns {
 public:
  RecordedRuns() = default;

  /// The finished runs, diverged ones too, of record files, or in or below folders. Errors as of
  /// find_runs, and std::runtime_error for two runs of one name and seed.
  explicit RecordedRuns(const std::vector<std::string>& places);

  /// The run of this config with this seed; nullptr where there is none. Throws std::runtime_error,
  /// naming the keys that differ, where the one of that name and seed is of another config.
  const RunRecord* find(const Config& config, std::int64_t seed) const;

 private:
  std::map<std::pair<std::string, std::int64_t>, RunRecord> runs_;
};

}  // namespace ff::experiments
