// The figures of runs: their names in files, in tables and on the screen, in one list.
#pragma once

#include <string>
#include <vector>

namespace ff::experiments {

enum class Better { kNeither, kLower, kHigher };

struct FigureInfo {
  std::string key;    // in metrics.jsonl, result.json or their "measures"
  std::string title;  // for people
  std::string unit;   // as in the files; empty: none
  int decimals;       // that are shown
  Better better;
  bool by_epoch = false;  // in metrics.jsonl, and the same each time: no time, no memory
  std::string about =
      {};  // a sentence for those who do not know it; figures that share one stand together
};

/// All figures; those of measures in the order of a table's columns.
const std::vector<FigureInfo>& figures();

/// The keys of measures, which have a value for each layer: "angle", ...
const std::vector<std::string>& measure_keys();

/// The figure of that key; std::logic_error where there is none.
const FigureInfo& figure_info(const std::string& key);

}  // namespace ff::experiments
