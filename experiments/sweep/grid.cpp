#include "experiments/sweep/grid.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <set>

#include "experiments/config/reader.h"
#include "experiments/config/schema.h"
#include "ff/core/text.h"

namespace ff::experiments {
namespace {

constexpr int kMostValues = 10000;

const char* const kAllowed =
    "a list [0.1, 0.3], a range {\"from\": 1, \"to\": 5, \"step\": 2} or {\"from\": 0.001, \"to\": "
    "1, \"points\": 4, \"scale\": \"log\"}, or named alternatives {\"NAME\": {\"KEY\": VALUE}}";

struct RangeOptions {
  double from = 0, to = 0;
  std::optional<double> step;
  std::optional<std::int64_t> points;
  std::string scale = "linear";

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("from", self.from, any(), "The first value.");
    visit("to", self.to, any(), "The last value.");
    visit("step",
          self.step,
          above(0),
          "Difference between consecutive values; alternative to points.");
    visit("points", self.points, between(2, kMostValues), "Number of values.");
    visit("scale",
          self.scale,
          one_of({"linear", "log"}),
          "linear: constant difference between values; log: constant factor.");
  }
};

// Returns the shortest suffix of a key that is unique in the grid: "learning_rate", or the full
// "optimizer.type".
std::string short_key(const std::string& key, const Json& grid) {
  const auto leaf = [](const std::string& dotted) { return dotted.substr(dotted.rfind('.') + 1); };
  int alike = 0;
  for (const auto& item : grid.items()) alike += leaf(item.key()) == leaf(key) ? 1 : 0;
  return alike == 1 ? leaf(key) : key;
}

// Formats a value for a run folder name; empty if it cannot be part of one.
std::string name_of(const Json& value) {
  if (value.is_object()) return {};
  std::string text;
  if (value.is_array()) {
    for (const auto& entry : value) {
      const auto part = name_of(entry);
      if (part.empty()) return {};
      text += (text.empty() ? "" : "-") + part;
    }
    return text.empty() ? "none" : text;
  }
  for (const char c : value.is_string()         ? value.get<std::string>()
                      : value.is_number_float() ? significant(value.get<double>(), 10)
                                                : value.dump()) {
    if (c == '+') continue;  // drops the plus sign of 1e+20
    const bool safe = std::isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_';
    text += safe ? c : '-';
  }
  return text;
}

double rounded(double value) { return std::strtod(significant(value, 6).c_str(), nullptr); }

// Returns why the combination of valid values is not a valid range; empty if it is.
std::string reason_against(const RangeOptions& range, const Json& json) {
  if (!json.contains("to")) return "'to' is missing; a range needs 'from' and 'to'";
  if (range.from >= range.to) return "'from' must be below 'to'";
  if (range.step.has_value() == range.points.has_value()) {
    return "give 'step' or 'points', one of the two";
  }
  if (range.step && range.scale == "log") return "'step' has no effect with scale log; use points";
  if (range.scale == "log" && range.from <= 0) return "scale log requires values above 0";
  if (range.step && (range.to - range.from) / *range.step > kMostValues) {
    return "more than " + std::to_string(kMostValues) + " values";
  }
  return {};
}

std::vector<double> values_of(const RangeOptions& range) {
  std::vector<double> values;
  if (range.step) {
    const auto count = static_cast<int>((range.to - range.from) / *range.step + 1e-9);
    for (int i = 0; i <= count; ++i) values.push_back(range.from + i * *range.step);
    return values;
  }
  for (std::int64_t i = 0; i < *range.points; ++i) {
    const auto share = static_cast<double>(i) / static_cast<double>(*range.points - 1);
    values.push_back(range.scale == "log" ? range.from * std::pow(range.to / range.from, share)
                                          : range.from + (range.to - range.from) * share);
  }
  return values;
}

// Returns true if the config key accepts integers only.
bool takes_whole_numbers(const std::string& key) {
  const auto* schema = schema_at(key);
  if (!schema) return false;
  const auto is_integer = [](const Json& one) { return one.value("type", "") == "integer"; };
  if (!schema->contains("anyOf")) return is_integer(*schema);
  const auto& any_of = (*schema)["anyOf"];
  return std::any_of(any_of.begin(), any_of.end(), is_integer);
}

// Rounds values to integers. Adds a problem and returns an empty list if two values round to the
// same integer.
std::vector<Json> whole_numbers(const std::vector<double>& values,
                                const std::string& key,
                                const std::string& path,
                                Problems& problems) {
  std::vector<Json> whole;
  for (const auto value : values) {
    // Values beyond int64 are rejected by the config.
    const Json next = std::abs(value) < 9e18 ? Json(std::llround(value)) : Json(value);
    if (!whole.empty() && whole.back() == next) {
      problems.add(path,
                   key + " takes whole numbers, and two values of this range round to " +
                       next.dump() + "; take fewer points, or a wider range");
      return {};
    }
    whole.push_back(next);
  }
  return whole;
}

// Expands a range to its values. On error, adds a problem and returns an empty list.
std::vector<Json> read_range(const std::string& key,
                             const Json& json,
                             const std::string& path,
                             Problems& problems) {
  RangeOptions range;
  const auto before = problems.lines().size();
  Reader::read(json, path, range, problems);
  if (problems.lines().size() > before) return {};
  if (const auto reason = reason_against(range, json); !reason.empty()) {
    problems.add(path, reason);
    return {};
  }
  const auto is_whole = [&](const char* end) {
    return json.contains(end) && json[end].is_number_integer();
  };
  const auto values = values_of(range);
  if (takes_whole_numbers(key) || (is_whole("from") && is_whole("step"))) {
    return whole_numbers(values, key, path, problems);
  }
  std::vector<Json> short_ones;
  for (const auto value : values) short_ones.push_back(rounded(value));
  return short_ones;
}

bool are_alternatives(const Json& json) {
  return json.is_object() && !json.empty() &&
         std::all_of(json.begin(), json.end(), [](const Json& set) { return set.is_object(); });
}

Axis read_axis(const std::string& key,
               const Json& json,
               const Json& grid,
               const std::string& path,
               Problems& problems) {
  Axis axis{key, {}};
  if (are_alternatives(json)) {
    for (const auto& item : json.items()) {
      axis.values.push_back({name_of(item.key()), item.value()});
      if (item.key().empty()) problems.add(path, "an alternative has no name");
    }
    return axis;
  }
  const bool is_range = json.is_object() && json.contains("from");
  if (!is_range && !(json.is_array() && !json.empty())) {
    problems.add(path, shown(json) + " is not allowed; allowed: " + kAllowed);
    return axis;
  }
  const auto values = is_range ? read_range(key, json, path, problems)
                               : std::vector<Json>(json.begin(), json.end());
  for (const auto& value : values) {
    const auto name = name_of(value);
    if (name.empty()) {
      problems.add(path,
                   shown(value) + " cannot be used as a folder name; name it: {\"NAME\": {\"" +
                       key + "\": ...}}");
    }
    axis.values.push_back({short_key(key, grid) + "-" + name, {{key, value}}});
  }
  return axis;
}

// Rejects two axes for the same key, and two values of an axis with the same folder name.
void refuse_repetitions(const std::vector<Axis>& axes,
                        const std::string& path,
                        Problems& problems) {
  std::map<std::string, std::string> owner;
  for (const auto& axis : axes) {
    std::set<std::string> labels, keys;
    for (const auto& value : axis.values) {
      if (!labels.insert(value.label).second) {
        problems.add(path + "." + axis.name, value.label + " occurs twice; keep one");
      }
      for (const auto& item : value.set.items()) keys.insert(item.key());
    }
    for (const auto& key : keys) {
      const auto [found, is_new] = owner.emplace(key, axis.name);
      if (is_new) continue;
      problems.add(path, "'" + found->second + "' and '" + axis.name + "' both set " + key);
    }
  }
}

// Returns true if the value is the smallest or largest of a numeric axis.
bool is_edge(const Axis& axis, const AxisValue& value) {
  const auto number = [](const AxisValue& one) -> const Json* {
    return one.set.size() == 1 && one.set.front().is_number() ? &one.set.front() : nullptr;
  };
  if (axis.values.size() < 2 || !number(value)) return false;
  bool below = false, above = false;
  for (const auto& other : axis.values) {
    if (!number(other)) return false;
    below = below || *number(other) < *number(value);
    above = above || *number(other) > *number(value);
  }
  return !below || !above;
}

}  // namespace

std::vector<Axis> read_grid(const Json& grid, const std::string& path, Problems& problems) {
  std::vector<Axis> axes;
  for (const auto& item : grid.items()) {
    axes.push_back(read_axis(item.key(), item.value(), grid, path + "." + item.key(), problems));
  }
  refuse_repetitions(axes, path, problems);
  return axes;
}

std::vector<GridPoint> points_of(const std::vector<Axis>& axes,
                                 const std::vector<std::string>& over) {
  std::vector<GridPoint> points = {{}};
  for (const auto& axis : axes) {
    const bool is_chosen =
        over.empty() || std::find(over.begin(), over.end(), axis.name) != over.end();
    std::vector<GridPoint> longer;
    for (const auto& point : points) {
      for (const auto& value : axis.values) {
        auto next = point;
        next.label += (next.label.empty() ? "" : ".") + value.label;
        if (!is_chosen) next.kept += (next.kept.empty() ? "" : ".") + value.label;
        next.set.update(value.set);
        if (is_chosen && is_edge(axis, value)) next.edges.push_back(axis.name);
        longer.push_back(std::move(next));
      }
    }
    points = std::move(longer);
  }
  return points;
}

}  // namespace ff::experiments
