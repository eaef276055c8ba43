// Runs of a sweep that were made on another machine and are read from record files.
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

  /// Loads the finished and diverged runs of record files or folders. Throws as find_runs(), and
  /// std::runtime_error if two runs have the same name and seed.
  explicit RecordedRuns(const std::vector<std::string>& places);

  /// Returns the run with this config and seed, or nullptr. Throws std::runtime_error with the
  /// differing keys if a run with the same name and seed has another config.
  const RunRecord* find(const Config& config, std::int64_t seed) const;

 private:
  std::map<std::pair<std::string, std::int64_t>, RunRecord> runs_;
};

}  // namespace ff::experiments
