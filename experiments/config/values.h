// Conversion of each type of field from and to JSON, checked by its rule, and its JSON Schema.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "experiments/config/comment.h"
#include "experiments/config/json_text.h"
#include "experiments/data/dataset_options.h"
#include "ff/core/fields.h"
#include "ff/nn/layer_choice.h"

namespace ff::experiments {

/// Reads `json` into `value` and returns an empty string; or, if it is not allowed, returns the
/// allowed values and leaves `value` unchanged.
std::string read_value(const Json& json, bool& value, const Rule& rule);
std::string read_value(const Json& json, std::int64_t& value, const Rule& rule);
std::string read_value(const Json& json, double& value, const Rule& rule);
std::string read_value(const Json& json, std::string& value, const Rule& rule);
std::string read_value(const Json& json, NumberOrWord& value, const Rule& rule);
std::string read_value(const Json& json, LayerChoice& value, const Rule& rule);
std::string read_value(const Json& json, NormalizeOption& value, const Rule& rule);
std::string read_value(const Json& json, Comment& value, const Rule& rule);
std::string read_value(const Json& json, std::vector<std::int64_t>& value, const Rule& rule);
std::string read_value(const Json& json, std::vector<double>& value, const Rule& rule);

Json to_json(bool value);
Json to_json(std::int64_t value);
Json to_json(double value);
Json to_json(const std::string& value);
Json to_json(const NumberOrWord& value);
Json to_json(const LayerChoice& value);
Json to_json(const NormalizeOption& value);
Json to_json(const Comment& value);
Json to_json(const std::vector<std::int64_t>& value);
Json to_json(const std::vector<double>& value);

/// Returns the JSON Schema of a field of this type with this rule.
Json schema_of(const bool&, const Rule& rule);
Json schema_of(const std::int64_t&, const Rule& rule);
Json schema_of(const double&, const Rule& rule);
Json schema_of(const std::string&, const Rule& rule);
Json schema_of(const NumberOrWord&, const Rule& rule);
Json schema_of(const LayerChoice&, const Rule& rule);
Json schema_of(const NormalizeOption&, const Rule& rule);
Json schema_of(const Comment&, const Rule& rule);
Json schema_of(const std::vector<std::int64_t>&, const Rule& rule);
Json schema_of(const std::vector<double>&, const Rule& rule);

/// Returns the allowed values of a field by its schema, such as "a number above 0", for messages
/// and `ff config`.
std::string allowed_text(const Json& schema);

template <class T>
std::string read_value(const Json& json, std::optional<T>& value, const Rule& rule) {
  if (json.is_null()) {
    value.reset();
    return {};
  }
  T inner{};
  auto allowed = read_value(json, inner, rule);
  if (!allowed.empty()) return allowed + ", or null";
  value = inner;
  return {};
}

template <class T>
Json to_json(const std::optional<T>& value) {
  return value ? to_json(*value) : Json(nullptr);
}

template <class T>
Json schema_of(const std::optional<T>&, const Rule& rule) {
  return {{"anyOf", Json::array({schema_of(T{}, rule), {{"type", "null"}}})}};
}

}  // namespace ff::experiments
