// Consistency of the schema, the help and the reader, which are generated from one list of fields.
#include <set>

#include "experiments/config/config.h"
#include "experiments/learners.h"
#include "ff/forward_forward/objective.h"
#include "tests/catch.h"
#include "tests/data_files.h"

using namespace ff::experiments;
using namespace ff::test;

namespace {

bool valid(const Json& value, const Json& schema);

bool within(double x, const Json& schema) {
  const auto holds = [&](const char* key, auto compare) {
    return !schema.contains(key) || compare(x, schema[key].get<double>());
  };
  return holds("minimum", std::greater_equal<>()) && holds("maximum", std::less_equal<>()) &&
         holds("exclusiveMinimum", std::greater<>()) && holds("exclusiveMaximum", std::less<>());
}

bool valid_object(const Json& value, const Json& schema) {
  for (const auto& key : schema.value("required", Json::array())) {
    if (!value.contains(key.get<std::string>())) return false;
  }
  for (const auto& item : value.items()) {
    if (!schema["properties"].contains(item.key())) return false;  // additionalProperties: false
    if (!valid(item.value(), schema["properties"][item.key()])) return false;
  }
  return true;
}

// Validates the subset of JSON Schema that is used.
bool valid(const Json& value, const Json& schema) {
  const auto fits = [&](const Json& one) { return valid(value, one); };
  if (schema.contains("anyOf")) {
    return std::any_of(schema["anyOf"].begin(), schema["anyOf"].end(), fits);
  }
  if (schema.contains("enum")) {
    return std::find(schema["enum"].begin(), schema["enum"].end(), value) != schema["enum"].end();
  }
  const auto type = schema.at("type").get<std::string>();
  if (type == "null") return value.is_null();
  if (type == "boolean") return value.is_boolean();
  if (type == "integer") return value.is_number_integer() && within(value.get<double>(), schema);
  if (type == "number") return value.is_number() && within(value.get<double>(), schema);
  if (type == "string") {
    return value.is_string() && value.get<std::string>().size() >= schema.value("minLength", 0U);
  }
  if (type == "array") {
    return value.is_array() && value.size() >= schema.value("minItems", 0U) &&
           std::all_of(value.begin(), value.end(), [&](const Json& item) {
             return valid(item, schema["items"]);
           });
  }
  REQUIRE(type == "object");
  return value.is_object() && valid_object(value, schema);
}

const Json& schema_at(const Json& schema, const std::string& path) {
  const auto dot = path.find('.');
  const auto& here = schema["properties"][path.substr(0, dot)];
  return dot == std::string::npos ? here : schema_at(here, path.substr(dot + 1));
}

// Returns the first rule that reads the key, if not all rules do; else an empty string.
std::string type_that_reads(const std::string& path) {
  const auto covers = [&](const std::string& key) {
    return path == key || path.starts_with(key + ".");
  };
  for (const auto& kind : learner_kinds()) {
    if (std::any_of(kind.uses.begin(), kind.uses.end(), covers)) return kind.name;
  }
  return "ff";
}

Json config_with(const std::string& path, const Json& value) {
  Json config = {{"name", "x"}, {"model", {{"type", type_that_reads(path)}}}};
  if (path == "optimizer.momentum" || path == "optimizer.batch_manhattan") {
    config["optimizer"]["type"] = "sgd";
  }
  if (path.starts_with("model.peer.")) config["model"]["peer"]["weight"] = 0.1;
  if (path.starts_with("head.") && path != "head.type") {
    config["head"] = {{"type", "softmax"}, {"train", "after"}};
    config["schedule"]["type"] = "parallel";
  }
  for (const auto& kind : ff::objectives()) {
    for (const auto& field : kind.fields) {
      if (path == std::string("objective.") + field.name) config["objective"]["type"] = kind.name;
    }
  }
  if (path == "objective.label_smoothing") config["objective"]["type"] = "projection";
  for (const auto* key : {"beta1", "beta2", "epsilon"}) {
    if (path == std::string("head.optimizer.") + key) config["head"]["optimizer"]["type"] = "adam";
  }
  const auto pointer = "/" + path;
  std::string slashes = pointer;
  std::replace(slashes.begin(), slashes.end(), '.', '/');
  config[Json::json_pointer(slashes)] = value;
  return config;
}

// Returns true if the reader accepts the value, ignoring combinations with other keys.
bool accepted(const std::string& path, const Json& value) {
  try {
    config_from(config_with(path, value), "");
  } catch (const ConfigError& error) {
    return std::string(error.what()).find(" is not allowed; allowed: ") == std::string::npos;
  }
  return true;
}

// Returns every word that any key allows.
std::set<std::string> allowed_words() {
  std::set<std::string> words = {"all", "max", "width", "original", "none"};
  for (const auto& key : config_keys()) {
    for (const auto& one : schema_at(config_schema(), key.path).value("enum", Json::array())) {
      words.insert(one.get<std::string>());
    }
  }
  return words;
}

// Values of every JSON type.
std::vector<Json> samples() {
  std::vector<Json> values = {nullptr,
                              true,
                              false,
                              0,
                              1,
                              2,
                              -1,
                              7,
                              64,
                              1000000,
                              1000001,
                              4294967295,
                              4294967296,
                              0.5,
                              1.5,
                              -0.5,
                              1e-12,
                              1e300,
                              2.0,
                              "",
                              "x",
                              "false",
                              "3",
                              Json::array(),
                              {0},
                              {1},
                              {0, 1},
                              {-1},
                              {0.5},
                              {1.5},
                              {"a"},
                              {nullptr},
                              {true},
                              {{0}},
                              Json::object(),
                              {{"first", 1}},
                              {{"first", 0}},
                              {{"first", 1}, {"x", 1}},
                              {{"mean", 0.5}, {"std", 0.5}},
                              {{"mean", 0.5}},
                              {{"std", 1}},
                              {{"mean", {0.5}}, {"std", {0.5}}},
                              {{"mean", 0}, {"std", 0}},
                              {{"mean", "a"}, {"std", 1}}};
  const auto words = allowed_words();
  values.insert(values.end(), words.begin(), words.end());
  return values;
}

void collect(const Json& schema, const std::string& prefix, std::set<std::string>& paths) {
  for (const auto& item : schema["properties"].items()) {
    const bool section = item.value().contains("properties") && !item.value().contains("default");
    if (section) {
      CHECK(item.value()["additionalProperties"] == false);
      collect(item.value(), prefix + item.key() + ".", paths);
    } else {
      paths.insert(prefix + item.key());
    }
  }
}

}  // namespace

TEST_CASE("Schema and help know the same keys, each with its meaning", "[config]") {
  std::set<std::string> in_schema, in_help;
  const auto whole = config_schema();
  collect(whole, "", in_schema);
  for (const auto& key : config_keys()) {
    CAPTURE(key.path);
    CHECK(in_help.insert(key.path).second);
    CHECK(key.help.size() > 5);
    CHECK(key.help.back() == '.');
    CHECK(key.allowed.size() > 2);
    const auto& schema = schema_at(whole, key.path);
    CHECK(schema["description"] == key.help);
    CHECK(schema["default"].dump() == key.default_value);
  }
  CHECK(in_schema == in_help);
  CHECK(in_help.size() > 40);
  CHECK(config_schema()["required"] == Json({"name"}));
}

TEST_CASE("Every default is valid, to the schema and to the reader", "[config]") {
  for (const auto& key : config_keys()) {
    if (key.path == "name") continue;  // required, without a default
    CAPTURE(key.path);
    const auto value = Json::parse(key.default_value);
    CHECK(valid(value, schema_at(config_schema(), key.path)));
    CHECK_NOTHROW(config_from(config_with(key.path, value), ""));
  }
}

TEST_CASE("Schema and reader accept and refuse the same values", "[config]") {
  const auto schema = config_schema();
  const auto values = samples();
  for (const auto& key : config_keys()) {
    const auto& field = schema_at(schema, key.path);
    int refused = 0;
    for (const auto& value : values) {
      CAPTURE(key.path, value);
      CHECK(accepted(key.path, value) == valid(value, field));
      refused += !valid(value, field);
    }
    CHECK(refused > 10);
  }
}

TEST_CASE("Complete configs are valid", "[config]") {
  const auto schema = config_schema();
  const Json good = {{"name", "x"}, {"model", {{"widths", {3}}}}};
  CHECK(valid(good, schema));
  CHECK(valid(resolved(config_from(good, "")), schema));
  CHECK_FALSE(valid(Json::object(), schema));
  CHECK_FALSE(valid({{"name", "x"}, {"modl", Json::object()}}, schema));
}
