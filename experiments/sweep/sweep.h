// Sweeps: a set of configs crossed with a parameter grid, read strictly from a JSON file.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "experiments/config/config.h"
#include "experiments/sweep/grid.h"

namespace ff::experiments {

/// A config at one grid point.
struct SweepPoint {
  // Name of the config plus the labels of the axes not under selection; one point is selected per
  // name.
  std::string of;
  Json set;  // keys set by the grid
  std::vector<std::string> edges;
  Config config;  // its name is OF.LABEL
  // follow-up runs if this point is selected, named OF or OF.LABEL with the label of their grid
  std::vector<Config> then;
};

struct Sweep {
  std::string name;
  std::optional<std::string> choose;  // selection criterion; none: no selection
  std::vector<SweepPoint> points;     // points of the same config are adjacent
};

/// Reads a sweep file:
///
///   {"name": "rates", "configs": ["a.json", {"name": "b", ...}], "set": {"schedule.epochs": 3},
///    "grid": {"optimizer.learning_rate": [0.1, 0.3]},
///    "choose": "validation-accuracy", "over": ["optimizer.learning_rate"],
///    "then": {"set": {...}, "grid": {...}},
///    "parts": [{"configs": [...], "set": {...}, "grid": {...}}]}
///
/// File names are relative to the folder of the sweep file. A part has its own configs; its `set`
/// and `grid` override those of the sweep key by key. The best point is selected separately for
/// each combination of the keys that `over` does not list. `then` uses the original configs without
/// the sweep's `set`, plus the selected values. `assignments` ("a.b=VALUE") are applied last and
/// must not name a key of the grid. Throws ConfigError with one line per problem.
Sweep load_sweep(const std::filesystem::path& path, const std::vector<std::string>& assignments);

}  // namespace ff::experiments
