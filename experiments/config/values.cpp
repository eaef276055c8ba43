#include "experiments/config/values.h"

#include <cmath>

#include "ff/core/choice.h"

namespace ff::experiments {
namespace {

bool inside(double x, const Rule& rule) {
  const bool above = rule.open_min ? x > rule.min : x >= rule.min;
  const bool below = rule.open_max ? x < rule.max : x <= rule.max;
  return std::isfinite(x) && above && below;
}

// What is allowed for a value of this type, for a message.
template <class T>
std::string allowed(const T& value, const Rule& rule) {
  return allowed_text(schema_of(value, rule));
}

void add_limits(Json& schema, const Rule& rule) {
  if (std::isfinite(rule.min)) schema[rule.open_min ? "exclusiveMinimum" : "minimum"] = rule.min;
  if (std::isfinite(rule.max)) schema[rule.open_max ? "exclusiveMaximum" : "maximum"] = rule.max;
}

template <class T>
std::string read_list(const Json& json, std::vector<T>& value, const Rule& rule) {
  const auto refusal = [&] { return allowed(value, rule); };
  if (!json.is_array() || (json.empty() && !rule.may_be_empty)) return refusal();
  std::vector<T> list(json.size());
  for (std::size_t i = 0; i < json.size(); ++i) {
    if (!read_value(json[i], list[i], rule).empty()) return refusal();
  }
  value = std::move(list);
  return {};
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
    if (schema.contains(key))
      text += (text.empty() ? " " : " and ") + std::string(word) + number_text(schema[key]);
  };
  add("minimum", "at least ");
  add("exclusiveMinimum", "above ");
  add("maximum", "at most ");
  add("exclusiveMaximum", "below ");
  return text;
}

}  // namespace

std::string read_value(const Json& json, bool& value, const Rule& rule) {
  if (!json.is_boolean()) return allowed(value, rule);
  value = json.get<bool>();
  return {};
}

std::string read_value(const Json& json, std::int64_t& value, const Rule& rule) {
  // 3.0 is refused: whoever writes it may have meant another key.
  const bool too_large = json.is_number_unsigned() && json.get<std::uint64_t>() > INT64_MAX;
  if (!json.is_number_integer() || too_large || !inside(json.get<double>(), rule)) {
    return allowed(value, rule);
  }
  value = json.get<std::int64_t>();
  return {};
}

std::string read_value(const Json& json, double& value, const Rule& rule) {
  if (!json.is_number() || !inside(json.get<double>(), rule)) return allowed(value, rule);
  value = json.get<double>();
  return {};
}

std::string read_value(const Json& json, std::string& value, const Rule& rule) {
  const auto refused = [&] {
    if (!json.is_string()) return true;
    const auto word = json.get<std::string>();
    if (word.empty() && !rule.may_be_empty) return true;
    return !rule.words.empty() &&
           std::find(rule.words.begin(), rule.words.end(), word) == rule.words.end();
  };
  if (refused()) return allowed(value, rule);
  value = json.get<std::string>();
  return {};
}

std::string read_value(const Json& json, NumberOrWord& value, const Rule& rule) {
  NumberOrWord read;
  const Rule number{
      .min = rule.min, .max = rule.max, .open_min = rule.open_min, .open_max = rule.open_max};
  const bool fits = json.is_string() ? read_value(json, read.word, rule).empty()
                                     : read_value(json, read.number, number).empty();
  if (!fits) return allowed(value, rule);
  value = read;
  return {};
}

std::string read_value(const Json& json, LayerChoice& value, const Rule& rule) {
  LayerChoice read;
  if (json.is_string()) {
    std::string word;
    if (!read_value(json, word, rule).empty()) return allowed(value, rule);
    read.by_validation = word == "validation";
    read.all = !read.by_validation;
    value = read;
    return {};
  }
  read.all = false;
  const auto read_one =
      [&](const char* key, std::optional<std::int64_t>& layer, const Rule& limit) {
        layer = 0;
        return read_value(json[key], *layer, limit).empty();
      };
  const bool one_key = json.is_object() && json.size() == 1;
  if (one_key && json.contains("first")) {
    if (!read_one("first", read.first, at_least(1))) return allowed(value, rule);
  } else if (one_key && json.contains("from")) {
    if (!read_one("from", read.from, at_least(0))) return allowed(value, rule);
  } else if (!read_list(json, read.list, nonempty(at_least(0))).empty()) {
    return allowed(value, rule);
  }
  value = read;
  return {};
}

std::string read_value(const Json& json, NormalizeOption& value, const Rule& rule) {
  NormalizeOption read;
  const auto numbers = [](const Json& one_or_list, std::vector<double>& list, const Rule& limit) {
    list.resize(1);
    return one_or_list.is_array() ? read_list(one_or_list, list, nonempty(limit)).empty()
                                  : read_value(one_or_list, list[0], limit).empty();
  };
  if (json.is_object()) {
    read.word.clear();
    if (json.size() != 2 || !json.contains("mean") || !json.contains("std") ||
        !numbers(json["mean"], read.mean, any()) || !numbers(json["std"], read.std, above(0)) ||
        read.mean.size() != read.std.size()) {
      return allowed(value, rule);
    }
  } else if (!read_value(json, read.word, rule).empty()) {
    return allowed(value, rule);
  }
  value = read;
  return {};
}

std::string read_value(const Json& json, std::vector<std::int64_t>& value, const Rule& rule) {
  return read_list(json, value, rule);
}

std::string read_value(const Json& json, std::vector<double>& value, const Rule& rule) {
  return read_list(json, value, rule);
}

Json to_json(bool value) { return value; }
Json to_json(std::int64_t value) { return value; }
Json to_json(double value) { return value; }
Json to_json(const std::string& value) { return value; }
Json to_json(const std::vector<std::int64_t>& value) { return value; }
Json to_json(const std::vector<double>& value) { return value; }

Json to_json(const NumberOrWord& value) {
  return value.is_word() ? Json(value.word) : Json(value.number);
}

Json to_json(const LayerChoice& value) {
  if (value.all) return "all";
  if (value.by_validation) return "validation";
  if (value.first) return {{"first", *value.first}};
  if (value.from) return {{"from", *value.from}};
  return value.list;
}

Json to_json(const NormalizeOption& value) {
  if (!value.word.empty()) return value.word;
  return {{"mean", value.mean}, {"std", value.std}};
}

Json schema_of(const bool&, const Rule&) { return {{"type", "boolean"}}; }

Json schema_of(const std::int64_t&, const Rule& rule) {
  Json schema = {{"type", "integer"}};
  add_limits(schema, rule);
  return schema;
}

Json schema_of(const double&, const Rule& rule) {
  Json schema = {{"type", "number"}};
  add_limits(schema, rule);
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
