#include "experiments/config/config.h"

#include <algorithm>
#include <set>

#include "experiments/config/reader.h"
#include "experiments/data/registry.h"
#include "experiments/learners.h"
#include "ff/core/choice.h"

namespace ff::experiments {
namespace {

// The lists that options structs cannot know, as they stand below those who do.
void name_the_alternatives() { ModelOptions::types = names_of(learner_kinds()); }

void check_meaning(const Json& json, const Config& config, Problems& problems) {
  for (const auto& [path, with] : meaningless_keys(config)) {
    if (find_path(json, path)) problems.add(path, "means nothing with " + with + "; remove it");
  }
}

void check_name(const Json& json, Problems& problems) {
  const auto name = json.find("name");
  if (name == json.end()) {
    problems.add("name", "missing; every experiment has a name");
  } else if (name->is_string() && *name != "") {
    check_folder_name(name->get<std::string>(), problems);
  }
}

void check_combinations(const Config& config, Problems& problems) {
  if (!config.prune.ratios.empty() && config.schedule.epochs == 0) {
    problems.add(
        "prune.ratios",
        "nothing to prune, as schedule.epochs 0 trains nothing; remove the ratios or train");
  }
  if (std::set<double>(config.prune.ratios.begin(), config.prune.ratios.end()).size() <
      config.prune.ratios.size()) {
    problems.add("prune.ratios", "a ratio occurs twice; keep one");
  }
  if (std::set<std::int64_t>(config.seeds.begin(), config.seeds.end()).size() <
      config.seeds.size()) {
    problems.add("seeds", "a seed occurs twice; keep one");
  }
  if (config.random_order == "notebook-after-sequential" && config.model.type != "ff") {
    problems.add("random_order",
                 "notebook-after-sequential repeats the draws of a Forward-Forward training; "
                 "allowed with model.type " +
                     config.model.type + ": plain, notebook, bp-notebook");
  }
  if (config.evaluate.validation_every && config.dataset.validation.count == 0) {
    problems.add("evaluate.validation_every",
                 "there are no validation images to look at; set dataset.validation.count");
  }
  if (config.augment.test && !config.augment.on()) {
    problems.add("augment.test",
                 "there is no move to make; give augment.shift or augment.flip too");
  }
  find_learner(config.model.type).check(config, problems);
  if (config.predict.layers.by_validation && config.dataset.validation.count == 0) {
    problems.add("predict.layers",
                 "validation chooses by validation images, and there are none; set "
                 "dataset.validation.count");
  }
}

// Gathers the JSON Schema of an options struct.
class SchemaVisitor {
 public:
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

class HelpVisitor {
 public:
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

// A list of linear layers alone is Forward-Forward's model.widths written out.
void take_layers_as_widths(ModelOptions& model) {
  if (model.type != "ff" || model.layers.empty()) return;
  std::vector<std::int64_t> widths;
  for (const auto& layer : model.layers) {
    if (layer.type != "linear") return;
    widths.push_back(layer.width);
  }
  model.widths = std::move(widths);
  model.layers.clear();
}

Config read_config(const Json& json, Problems& problems) {
  name_the_alternatives();
  Config config;
  Reader::read(json, "", config, problems);
  check_name(json, problems);
  if (problems.empty() && !find_path(json, "optimizer.learning_rate")) {
    config.optimizer.learning_rate = find_learner(config.model.type).learning_rate;
  }
  // What a combination means can only be said of values that are right one by one.
  if (problems.empty()) {
    check_meaning(json, config, problems);
    take_layers_as_widths(config.model);
    if (problems.empty()) check_combinations(config, problems);
  }
  problems.throw_if_any();
  config.file = problems.file();
  return config;
}

}  // namespace

void check_folder_name(const std::string& name, Problems& problems) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
  };
  if (!name.empty() && name[0] != '.' && std::all_of(name.begin(), name.end(), allowed)) return;
  problems.add("name",
               shown(name) +
                   " is not allowed; allowed: letters, digits, '_', '-' and '.', not beginning "
                   "with '.', as it becomes a folder's name");
}

Config load_config(const std::filesystem::path& path, const std::vector<std::string>& assignments) {
  Problems problems(path.string());
  auto json = read_json_file(path, problems);
  for (const auto* key : {"configs", "parts", "grid"}) {
    if (json.is_object() && json.contains(key)) {
      throw ConfigError(path.string() + ": is a sweep (it has " + key + "); run it by 'ff sweep'");
    }
  }
  for (const auto& assignment : assignments) {
    set_value(json, assignment);
    problems.came_from(assignment.substr(0, assignment.find('=')), "--set " + assignment);
  }
  return read_config(json, problems);
}

Config config_from(const Json& json, const std::string& file) {
  Problems problems(file);
  return read_config(json, problems);
}

Json resolved(const Config& config) {
  auto json = Writer::write(config);
  for (const auto& [path, with] : meaningless_keys(config)) erase_path(json, path);
  return json;
}

Json completed(const Json& kept) {
  try {
    return resolved(config_from(kept, ""));
  } catch (const ConfigError&) {
    return kept;  // of a version whose configs are no longer taken
  }
}

Json config_schema() {
  name_the_alternatives();
  auto schema = SchemaVisitor::of(Config{});
  schema["$schema"] = "https://json-schema.org/draft/2020-12/schema";
  schema["title"] = "An experiment of ff";
  schema["required"] = {"name"};
  return schema;
}

std::vector<KeyHelp> config_keys() {
  name_the_alternatives();
  std::vector<KeyHelp> keys;
  const Config defaults;
  HelpVisitor visitor(keys, "");
  Config::fields(defaults, visitor);
  return keys;
}

}  // namespace ff::experiments
