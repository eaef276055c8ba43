// A config file, checked and complete.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "experiments/config/json_text.h"
#include "experiments/config/options.h"

namespace ff::experiments {

/// Reads a config file, applies the `--set` assignments, and checks everything that can be checked
/// without the data. Throws ConfigError with a line for each problem.
Config load_config(const std::filesystem::path& path, const std::vector<std::string>& assignments);

/// The same from a JSON value; `file` is what messages call it.
Config config_from(const Json& json, const std::string& file);

/// Adds a problem where `name` cannot be that of an experiment or a sweep, and so of a folder.
void check_folder_name(const std::string& name, Problems& problems);

/// Every key that means something under this config, with its value: what a run folder keeps.
Json resolved(const Config& config);

/// The resolved config of a run that an earlier version may have kept: the keys that came later
/// stand at their defaults, which do what the program did then. Unchanged where it is no config.
Json completed(const Json& kept);

/// The JSON Schema of a config file.
Json config_schema();

/// A line for each key: its path, its default and what it means.
struct KeyHelp {
  std::string path;
  std::string default_value;
  std::string allowed;
  std::string help;
};
std::vector<KeyHelp> config_keys();

}  // namespace ff::experiments
