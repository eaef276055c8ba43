// The metrics of two runs, epoch by epoch.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "experiments/config/json_text.h"

namespace ff::experiments {

/// By the number of the epoch.
using Metrics = std::map<std::int64_t, Json>;

/// The lines of a metrics.jsonl, each with a whole number "epoch"; of two of one epoch, the later.
Metrics by_epoch(const std::vector<Json>& lines);

struct MetricsFinding {
  std::string text;
  bool same;
};

/// One finding for the number of epochs, and for losses, thresholds and each other figure that both
/// runs have (seconds do not matter): equal in all common epochs, or the largest difference and
/// where.
std::vector<MetricsFinding> compare_metrics(const Metrics& a, const Metrics& b);

}  // namespace ff::experiments
