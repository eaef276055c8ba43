// Parameter grid of a sweep: one axis of values per config key, and their Cartesian product.
#pragma once

#include <string>
#include <vector>

#include "experiments/config/json_text.h"
#include "experiments/config/problems.h"

namespace ff::experiments {

/// A value of an axis: the keys it sets, such as {"optimizer.learning_rate": 0.1}, and its label in
/// run names, "learning_rate-0.1".
struct AxisValue {
  std::string label;
  Json set;
};

struct Axis {
  std::string name;
  std::vector<AxisValue> values;
};

/// A combination of one value per axis.
struct GridPoint {
  std::string label;  // labels of all axes joined with '.'; empty without axes
  std::string kept;   // the same for the axes that the selection does not range over
  Json set = Json::object();
  // Numeric axes under selection of which this point has the smallest or largest value.
  std::vector<std::string> edges;
};

/// Parses {"KEY": VALUES, ...}. VALUES is a list [0.1, 0.3], a range {"from": 1, "to": 5, "step":
/// 2} or {"from": 0.001, "to": 1, "points": 4, "scale": "log"}, or named alternatives {"none": {},
/// "bn": {"model.batch_norm": true}}, for which KEY is an arbitrary axis name. Range values are
/// rounded to six significant digits, or to integers for integer keys. Adds errors to `problems`
/// under `path`.
std::vector<Axis> read_grid(const Json& grid, const std::string& path, Problems& problems);

/// Returns the Cartesian product of the axes, the last axis varying fastest; a single point if
/// there are no axes. `over` names the axes whose best value will be selected; empty means all.
std::vector<GridPoint> points_of(const std::vector<Axis>& axes,
                                 const std::vector<std::string>& over = {});

}  // namespace ff::experiments
