// The metrics of two runs, epoch by epoch.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "experiments/config/json_text.h"

namespace ff::experiments {

/// By the number of the epoch.
using Metrics = std::map<std::int64_t, Json>;

/// metrics.jsonl of a run folder; empty when it has none. Throws std::runtime_error with file and
/// line when that line is not an object with a whole number "epoch".
Metrics read_metrics(const std::filesystem::path& folder);

/// One line for losses, thresholds and each other figure that both runs have (seconds do not
/// matter): equal in all common epochs, or the largest difference and where.
std::vector<std::string> compare_metrics(const Metrics& a, const Metrics& b);

}  // namespace ff::experiments
