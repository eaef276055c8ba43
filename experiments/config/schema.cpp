#include "experiments/config/schema.h"

#include "experiments/config/config_options.h"
#include "experiments/config/reader.h"
#include "ff/core/find_choice.h"

namespace ff::experiments {
namespace {

// Visitor that builds the JSON Schema of an options struct.
class SchemaVisitor {
 public:
  static std::vector<std::string> rule_names() { return Reader::rule_names(); }

  template <class Options>
  static Json of(const Options& options) {
    SchemaVisitor visitor;
    Options::fields(options, visitor);
    Json schema = {
        {"type", "object"}, {"properties", visitor.properties_}, {"additionalProperties", false}};
    if (!visitor.required_.empty()) schema["required"] = visitor.required_;
    return schema;
  }

  template <class T>
  void operator()(const char* name, const T& member, const Rule& rule, const char* help) {
    auto schema = schema_of(member, rule);
    if (rule.is_tag) {
      schema = {{"enum", {to_json(member)}}};
    } else if (!rule.must_be_given) {
      schema["default"] = to_json(member);
    }
    schema["description"] = help;
    properties_[name] = std::move(schema);
    if (rule.must_be_given) required_.push_back(name);
  }

  template <class Options>
  void operator()(const char* name, const Options& nested) {
    properties_[name] = of(nested);
  }

  template <class Options>
  void operator()(const char* name, const std::vector<Options>&, const char* help) {
    properties_[name] = of_list<Options>();
    properties_[name]["default"] = Json::array();
    properties_[name]["description"] = help;
  }

  template <class Options>
  static Json of_list() {
    Json kinds = Json::array();
    for (const auto& variant : Options::variants()) kinds.push_back(of(variant));
    return {{"type", "array"}, {"items", {{"anyOf", kinds}}}};
  }

 private:
  Json properties_ = Json::object();
  std::vector<std::string> required_;
};

// Visitor that collects the help of each key.
class HelpVisitor {
 public:
  static std::vector<std::string> rule_names() { return Reader::rule_names(); }

  HelpVisitor(std::vector<KeyHelp>& keys, std::string prefix)
      : keys_(keys), prefix_(std::move(prefix)) {}

  template <class T>
  void operator()(const char* name, const T& member, const Rule& rule, const char* help) {
    keys_.push_back(
        {prefix_ + name, to_json(member).dump(), allowed_text(schema_of(member, rule)), help});
  }

  template <class Options>
  void operator()(const char* name, const Options& nested) {
    HelpVisitor visitor(keys_, prefix_ + name + ".");
    Options::fields(nested, visitor);
  }

  template <class Options>
  void operator()(const char* name, const std::vector<Options>&, const char* help) {
    keys_.push_back({prefix_ + name, "[]", allowed_text(SchemaVisitor::of_list<Options>()), help});
  }

 private:
  std::vector<KeyHelp>& keys_;
  std::string prefix_;
};

std::vector<std::string> keys_of(const Json& object) {
  std::vector<std::string> keys;
  for (const auto& item : object.items()) keys.push_back(item.key());
  return keys;
}

}  // namespace

Json config_schema() {
  auto schema = SchemaVisitor::of(Config{});
  schema["$schema"] = "https://json-schema.org/draft/2020-12/schema";
  schema["title"] = "An experiment of ff";
  schema["required"] = {"name"};
  return schema;
}

namespace {

// Returns the schema at "a.b", or nullptr with the reason in `problem`.
const Json* look_up(const std::string& dotted, std::string& problem) {
  static const Json whole = config_schema();
  const Json* at = &whole;
  for (const auto& part : split_path(dotted)) {
    if (!at->contains("properties")) {
      problem = "'" + part + "' is inside a value that is not a section";
      return nullptr;
    }
    const auto& properties = (*at)["properties"];
    const auto found = properties.find(part);
    if (found == properties.end()) {
      const auto known = keys_of(properties);
      const auto near = nearest(part, known);
      problem = "unknown key; " + (near.empty() ? "" : "did you mean '" + near + "'? ") +
                "allowed: " + joined(known);
      return nullptr;
    }
    at = &*found;
  }
  return at;
}

}  // namespace

const Json* schema_at(const std::string& dotted) {
  std::string problem;
  return look_up(dotted, problem);
}

std::string unknown_key_problem(const std::string& dotted) {
  std::string problem;
  look_up(dotted, problem);
  return problem;
}

std::vector<KeyHelp> config_keys() {
  std::vector<KeyHelp> keys;
  const Config defaults;
  HelpVisitor visitor(keys, "");
  Config::fields(defaults, visitor);
  return keys;
}

}  // namespace ff::experiments
