#include "experiments/config/config.h"

#include <algorithm>
#include <set>

#include "experiments/config/reader.h"
#include "experiments/data/registry.h"
#include "experiments/learners.h"
#include "experiments/learners/idle_keys.h"

namespace ff::experiments {
namespace {

void check_meaning(const Json& json, const Config& config, Problems& problems) {
  for (const auto& [path, reason] : idle_keys(config)) {
    if (!find_path(json, path)) continue;
    problems.add(path, "has no effect with " + reason + "; remove it, or add --set " + path + "=");
  }
}

// Returns whether a key, or every key of a section, has its default value.
bool holds_default(const Json& value, const Json& standard) {
  if (!value.is_object() || !standard.is_object()) return value == standard;
  for (const auto& item : value.items()) {
    const auto found = standard.find(item.key());
    if (found == standard.end() || !holds_default(item.value(), *found)) return false;
  }
  return true;
}

// Returns whether the value has no effect: it is the default, or schedule.type "parallel", which is
// what all rules without that key do.
bool is_redundant(const std::string& path, const Json& value) {
  static const Json defaults = Writer::write(Config{});
  if (path == "schedule.type" && value == "parallel") return true;
  return holds_default(value, *find_path(defaults, path));
}

// Removes keys that lost their effect by a change and have a default value. So a complete config,
// which contains every key, can be run with another rule by --set model.type alone.
void drop_idle_defaults(Json& json,
                        const Json& given,
                        const std::vector<Change>& changes,
                        const Config& config) {
  if (changes.empty()) return;
  Config before;
  Problems ignored("");
  Reader::read(given, "", before, ignored);
  const auto idle_before = idle_keys(before);
  const auto is_below = [](const std::string& path, const std::string& above) {
    return path == above || path.starts_with(above + ".");
  };
  for (const auto& [path, reason] : idle_keys(config)) {
    const auto* value = find_path(json, path);
    const bool explicitly_set =
        std::any_of(changes.begin(), changes.end(), [&](const Change& change) {
          return is_below(path, change.key) || is_below(change.key, path);
        });
    const bool idle_anyway = std::any_of(
        idle_before.begin(), idle_before.end(), [&](const auto& key) { return key.path == path; });
    if (!value || explicitly_set || idle_anyway) continue;
    if (is_redundant(path, *value)) erase_path(json, path);
  }
}

// Removes from `json` the keys with the same value in `standard`, except those in `keep`, and
// sections that become empty.
void drop_equal(Json& json, const Json& standard, const std::set<std::string>& keep) {
  std::vector<std::string> equal;
  for (const auto& item : json.items()) {
    if (keep.contains(item.key()) || !standard.contains(item.key())) continue;
    auto& value = item.value();
    const auto& other = standard[item.key()];
    if (value.is_object() && other.is_object()) {
      drop_equal(value, other, {});
      if (value.empty()) equal.push_back(item.key());
    } else if (value == other) {
      equal.push_back(item.key());
    }
  }
  for (const auto& key : equal) json.erase(key);
}

void check_name(const Json& json, Problems& problems) {
  const auto name = json.find("name");
  if (name == json.end()) {
    problems.add("name", "missing; every experiment needs a name");
  } else if (name->is_string() && *name != "") {
    check_folder_name(name->get<std::string>(), problems);
  }
}

void check_combinations(const Config& config, Problems& problems) {
  if (!config.prune.ratios.empty() && config.schedule.epochs == 0) {
    problems.add("prune.ratios",
                 "cannot prune an untrained network (schedule.epochs 0); remove the ratios or "
                 "increase schedule.epochs");
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
                 "notebook-after-sequential repeats the draws of Forward-Forward training; allowed "
                 "with model.type " +
                     config.model.type + ": plain, notebook, bp-notebook");
  }
  if (config.evaluate.validation_every && config.dataset.validation.count == 0) {
    problems.add("evaluate.validation_every",
                 "there are no validation images; set dataset.validation.count");
  }
  if (config.augment.test && !config.augment.on()) {
    problems.add("augment.test",
                 "has no effect without augmentation; set augment.shift or augment.flip");
  }
  find_learner(config.model.type).check(config, problems);
  if (config.predict.layers.by_validation && config.dataset.validation.count == 0) {
    problems.add("predict.layers",
                 "validation requires validation images; set dataset.validation.count");
  }
}

// Replaces a list of only linear layers by the equivalent model.widths of Forward-Forward.
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

Config read_config(const Json& given, const std::vector<Change>& changes, Problems& problems) {
  auto json = given;
  apply(json, changes, problems);
  Config config;
  Reader::read(json, "", config, problems);
  check_name(json, problems);
  if (problems.empty() && !find_path(json, "optimizer.learning_rate")) {
    config.optimizer.learning_rate = find_learner(config.model.type).learning_rate;
  }
  if (config.dataset.type && !find_path(json, "dataset.name")) config.dataset.name.reset();
  // Combinations can only be checked if each value by itself is valid.
  if (problems.empty()) {
    drop_idle_defaults(json, given, changes, config);
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
                   " is not allowed; allowed: letters, digits, '_', '-' and '.', not starting with "
                   "'.', because it names a folder");
}

Config load_config(const std::filesystem::path& path, const std::vector<std::string>& assignments) {
  Problems problems(path.string());
  const auto json = read_json_file(path, problems);
  for (const auto* key : {"configs", "parts", "grid"}) {
    if (json.is_object() && json.contains(key)) {
      throw ConfigError(path.string() + ": is a sweep (it has " + key +
                        "); run it with 'ff sweep'");
    }
  }
  return read_config(json, read_assignments(assignments), problems);
}

Config config_from(const Json& json, const std::string& file, const std::vector<Change>& changes) {
  Problems problems(file);
  return read_config(json, changes, problems);
}

Json resolved(const Config& config) {
  auto json = Writer::write(config);
  for (const auto& key : idle_keys(config)) erase_path(json, key.path);
  for (const auto* remark : {"$schema", "comment"}) json.erase(remark);
  return json;
}

Json minimal(const Config& config) {
  Config standard;
  standard.optimizer.learning_rate = find_learner(config.model.type).learning_rate;
  auto json = resolved(config);
  for (auto& layer : json.at("model").at("layers")) {
    drop_equal(layer, Writer::write(LayerOptions{.type = layer["type"]}), {"type"});
  }
  drop_equal(json, Writer::write(standard), {"name"});
  Json shortest = Json::object();
  if (!config.comment.lines.empty()) shortest["comment"] = to_json(config.comment);
  shortest.update(json);
  return shortest;
}

Json completed(const Json& kept) {
  try {
    return resolved(config_from(kept, ""));
  } catch (const ConfigError&) {
    return kept;  // written by a version whose configs are no longer valid
  }
}

}  // namespace ff::experiments
