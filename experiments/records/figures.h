// List of all reported metrics, with the names used in files, tables and terminal output.
#pragma once

#include <string>
#include <vector>

namespace ff::experiments {

enum class Better { kNeither, kLower, kHigher };

struct FigureInfo {
  std::string key;    // key in metrics.jsonl, result.json or their "measures"
  std::string title;  // human-readable name
  std::string unit;   // unit of the values in the files; empty if dimensionless
  int decimals;       // decimals in tables and terminal output
  Better better;
  // recorded per epoch in metrics.jsonl and reproducible (not a time or memory figure)
  bool by_epoch = false;
  std::string about =
      {};  // one-sentence explanation for the table legend; metrics with the same text are adjacent
};

/// Returns all metrics; measures are in the column order of tables.
const std::vector<FigureInfo>& figures();

/// Returns the keys of the per-layer measures, such as "angle".
const std::vector<std::string>& measure_keys();

/// Returns the metric with the given key. Throws std::logic_error if there is none.
const FigureInfo& figure_info(const std::string& key);

}  // namespace ff::experiments
