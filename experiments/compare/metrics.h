// Comparison of the metrics of two runs, epoch by epoch.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "experiments/config/json_text.h"

namespace ff::experiments {

/// Lines of a metrics.jsonl by epoch number.
using Metrics = std::map<std::int64_t, Json>;

/// Returns the lines, each with an integer "epoch", by epoch; the last one if an epoch occurs
/// twice.
Metrics by_epoch(const std::vector<Json>& lines);

struct MetricsFinding {
  std::string text;
  bool same;
};

/// Returns one finding for the number of epochs, and one for each metric that both runs have (not
/// durations): equal in all common epochs, or the largest difference and its epoch.
std::vector<MetricsFinding> compare_metrics(const Metrics& a, const Metrics& b);

}  // namespace ff::experiments
