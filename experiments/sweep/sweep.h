// A sweep: configs, each with every point of a grid; read from a JSON file, strictly.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "experiments/config/config.h"
#include "experiments/sweep/grid.h"

namespace ff::experiments {

/// A config at one point of its grid.
struct SweepPoint {
  // The name of the config that the grid was laid over, with the values over which nothing is
  // chosen; of the points of one name, one is chosen.
  std::string of;
  Json set;  // what the grid sets
  std::vector<std::string> edges;
  Config config;             // named OF.LABEL
  std::vector<Config> then;  // what runs if this point is chosen, named OF, or OF.LABEL of its grid
};

struct Sweep {
  std::string name;
  std::optional<std::string> choose;  // by what the best points are chosen
  std::vector<SweepPoint> points;     // those of a config one after the other
};

/// Reads a sweep file:
///
///   {"name": "rates", "configs": ["a.json", {"name": "b", ...}], "set": {"schedule.epochs": 3},
///    "grid": {"optimizer.learning_rate": [0.1, 0.3]},
///    "choose": "validation-accuracy", "over": ["optimizer.learning_rate"],
///    "then": {"set": {...}, "grid": {...}},
///    "parts": [{"configs": [...], "set": {...}, "grid": {...}}]}
///
/// Files are named from the sweep's folder. A part has its own configs; its `set` and its `grid`
/// come after the sweep's, key by key. The best is chosen for each value of the keys that `over`
/// does not name. `then` takes the configs as they are, without the sweep's
/// `set`, but with what was chosen for each. `assignments` ("a.b=VALUE") come last and may not name
/// a key of the grid. Throws ConfigError with a line for each problem.
Sweep load_sweep(const std::filesystem::path& path, const std::vector<std::string>& assignments);

}  // namespace ff::experiments
