// Keys of a sweep file.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "experiments/config/reader.h"

namespace ff::experiments {

/// JSON whose content is validated later: a non-empty list, or an object.
struct JsonList {
  Json value = Json::array();
};
struct JsonObject {
  Json value = Json::object();
};

// Only the description is needed, for error messages.
inline Json schema_of(const JsonList&, const Rule&) {
  return {{"enum", {"a list [...] of one or more"}}};
}
inline Json schema_of(const JsonObject&, const Rule&) { return {{"enum", {"an object {...}"}}}; }

inline std::string read_value(const Json& json, JsonList& list, const Rule& rule) {
  if (!json.is_array() || json.empty()) return allowed_text(schema_of(list, rule));
  list.value = json;
  return {};
}

inline std::string read_value(const Json& json, JsonObject& object, const Rule& rule) {
  if (!json.is_object()) return allowed_text(schema_of(object, rule));
  object.value = json;
  return {};
}

// `set` applies to all runs; `grid` lists the values to combine.
struct GridOptions {
  JsonObject set, grid;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("set", self.set, any(), "Keys set in all configs.");
    visit("grid", self.grid, any(), "Keys and their lists of values; all combinations are run.");
  }
};

// Keys that a sweep and each of its parts have in common.
struct PartOptions {
  JsonList configs;
  GridOptions points;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("configs",
          self.configs,
          any(),
          "Config files, relative to the sweep file's folder, or inline configs.");
    GridOptions::fields(self.points, visit);
  }
};

struct SweepOptions {
  std::string schema;
  Comment comment;
  std::string name;
  std::optional<std::string> choose;
  JsonList over;
  PartOptions whole;
  std::vector<PartOptions> parts;
  GridOptions then;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("$schema", self.schema, any(), "For editors; has no effect.");
    visit("comment", self.comment, any(), "For human readers; has no effect.");
    visit("name", self.name, nonempty(any()), "Name of the sweep and of its folder.");
    visit("choose",
          self.choose,
          one_of({"validation-accuracy"}),
          "Criterion for the best point of each config; null: no choice.");
    visit("over", self.over, any(), "Grid keys whose best value is chosen; default: all.");
    PartOptions::fields(self.whole, visit);
    visit("parts", self.parts, "List of parts, each with its own configs, set and grid.");
    visit("then", self.then);
  }
};

}  // namespace ff::experiments
