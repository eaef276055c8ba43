// The grid of a sweep: axes of values for config keys, and the points they span.
#pragma once

#include <string>
#include <vector>

#include "experiments/config/json_text.h"
#include "experiments/config/problems.h"

namespace ff::experiments {

/// One value of an axis: the keys it sets, {"optimizer.learning_rate": 0.1}, and its part of a
/// run's name, "learning_rate-0.1".
struct AxisValue {
  std::string label;
  Json set;
};

struct Axis {
  std::string name;
  std::vector<AxisValue> values;
};

/// One value of each axis.
struct GridPoint {
  std::string label;  // of all axes, joined with '.'; empty for a grid without axes
  std::string kept;   // the same of the axes over which nothing is chosen
  Json set = Json::object();
  // Of the axes that are chosen over, those of numbers of which this is the smallest or the
  // largest.
  std::vector<std::string> edges;
};

/// Reads {"KEY": VALUES, ...}, where VALUES is a list [0.1, 0.3], a range {"from": 1, "to": 5,
/// "step": 2} or {"from": 0.001, "to": 1, "points": 4, "scale": "log"}, or named alternatives
/// {"none": {}, "bn": {"model.batch_norm": true}}, whose KEY is a name of the axis alone. Computed
/// numbers are rounded to six digits, those of a key of whole numbers to whole ones. What is wrong
/// goes to `problems` under `path`.
std::vector<Axis> read_grid(const Json& grid, const std::string& path, Problems& problems);

/// Every combination, the last axis changing fastest; one point without axes. `over` names the axes
/// whose best value is chosen; empty: all of them.
std::vector<GridPoint> points_of(const std::vector<Axis>& axes,
                                 const std::vector<std::string>& over = {});

}  // namespace ff::experiments
