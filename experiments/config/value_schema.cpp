// JSON Schema of each type of field, and its description in words.
#include <cmath>
#include <limits>

#include "experiments/config/values.h"
#include "ff/core/find_choice.h"

namespace ff::experiments {
namespace {

constexpr double kLargest = std::numeric_limits<float>::max();

void add_limits(Json& schema, const Rule& rule) {
  if (std::isfinite(rule.min)) schema[rule.open_min ? "exclusiveMinimum" : "minimum"] = rule.min;
  if (std::isfinite(rule.max)) schema[rule.open_max ? "exclusiveMaximum" : "maximum"] = rule.max;
}

Json list_schema(Json items, const Rule& rule) {
  Json schema = {{"type", "array"}, {"items", std::move(items)}};
  if (!rule.may_be_empty) schema["minItems"] = 1;
  return schema;
}

std::string number_text(const Json& value) {
  const auto x = value.get<double>();
  return x == std::floor(x) && std::abs(x) < 1e15 ? std::to_string(static_cast<std::int64_t>(x))
                                                  : value.dump();
}

std::string limits_text(const Json& schema) {
  std::string text;
  const auto add = [&](const char* key, const char* word) {
    // Do not print the range of float32, the default limits.
    if (schema.contains(key) && std::abs(schema[key].get<double>()) < kLargest)
      text += (text.empty() ? " " : " and ") + std::string(word) + number_text(schema[key]);
  };
  add("minimum", "at least ");
  add("exclusiveMinimum", "above ");
  add("maximum", "at most ");
  add("exclusiveMaximum", "below ");
  return text;
}

}  // namespace

Json schema_of(const bool&, const Rule&) { return {{"type", "boolean"}}; }

Json schema_of(const std::int64_t&, const Rule& rule) {
  Json schema = {{"type", "integer"}};
  add_limits(schema, rule);
  return schema;
}

Json schema_of(const double&, const Rule& rule) {
  Json schema = {{"type", "number"}};
  add_limits(schema, rule);
  if (!std::isfinite(rule.min)) schema["minimum"] = -kLargest;
  if (!std::isfinite(rule.max)) schema["maximum"] = kLargest;
  return schema;
}

Json schema_of(const std::string&, const Rule& rule) {
  if (!rule.words.empty()) return {{"enum", rule.words}};
  Json schema = {{"type", "string"}};
  if (!rule.may_be_empty) schema["minLength"] = 1;
  return schema;
}

Json schema_of(const NumberOrWord&, const Rule& rule) {
  return {{"anyOf", Json::array({schema_of(double{}, rule), {{"enum", rule.words}}})}};
}

Json schema_of(const LayerChoice&, const Rule& rule) {
  const auto one_key = [](const std::string& key, const Rule& limit) -> Json {
    return {{"type", "object"},
            {"properties", {{key, schema_of(std::int64_t{}, limit)}}},
            {"required", {key}},
            {"additionalProperties", false}};
  };
  return {{"anyOf",
           Json::array({{{"enum", rule.words}},
                        one_key("first", at_least(1)),
                        one_key("from", at_least(0)),
                        schema_of(std::vector<std::int64_t>{}, nonempty(at_least(0)))})}};
}

Json schema_of(const NormalizeOption&, const Rule& rule) {
  const auto one_or_list = [](const Rule& limit) -> Json {
    return {{"anyOf",
             Json::array(
                 {schema_of(double{}, limit), schema_of(std::vector<double>{}, nonempty(limit))})}};
  };
  const Json given = {
      {"type", "object"},
      {"properties", {{"mean", one_or_list(any())}, {"std", one_or_list(above(0))}}},
      {"required", {"mean", "std"}},
      {"additionalProperties", false}};
  return {{"anyOf", Json::array({{{"enum", rule.words}}, given})}};
}

Json schema_of(const Comment&, const Rule&) {
  const Json text = {{"type", "string"}};
  return {{"anyOf", Json::array({text, list_schema(text, any())})}};
}

Json schema_of(const std::vector<std::int64_t>&, const Rule& rule) {
  return list_schema(schema_of(std::int64_t{}, rule), rule);
}

Json schema_of(const std::vector<double>&, const Rule& rule) {
  return list_schema(schema_of(double{}, rule), rule);
}

std::string allowed_text(const Json& schema) {
  if (schema.contains("anyOf")) {
    std::string text;
    for (const auto& one : schema["anyOf"])
      text += (text.empty() ? "" : ", or ") + allowed_text(one);
    return text;
  }
  if (schema.contains("enum")) return joined(schema["enum"].get<std::vector<std::string>>());
  const auto type = schema.value("type", "");
  if (type == "boolean") return "true or false";
  if (type == "integer") return "a whole number" + limits_text(schema);
  if (type == "number") return "a number" + limits_text(schema);
  if (type == "string")
    return schema.contains("minLength") ? "a string that is not empty" : "a string";
  if (type == "null") return "null";
  if (type == "array") {
    return (schema.contains("minItems") ? "a list of one or more of: " : "a list of: ") +
           allowed_text(schema["items"]);
  }
  std::string keys;
  for (const auto& item : schema["properties"].items()) {
    keys += (keys.empty() ? "{\"" : ", \"") + item.key() + "\": " + allowed_text(item.value());
  }
  return keys + "}";
}

}  // namespace ff::experiments
