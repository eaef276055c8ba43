// Loading of config files, with all checks and defaults.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "experiments/config/changes.h"
#include "experiments/config/config_options.h"
#include "experiments/config/schema.h"

namespace ff::experiments {

/// Reads a config file, applies the `--set` assignments, and checks everything that does not depend
/// on the data. Throws ConfigError with one line per problem. A key without effect is a problem,
/// unless it is in the file with its default value and an assignment removed its effect.
Config load_config(const std::filesystem::path& path, const std::vector<std::string>& assignments);

/// The same for a JSON value; messages refer to it as `file`.
Config config_from(const Json& json,
                   const std::string& file,
                   const std::vector<Change>& changes = {});

/// Adds a problem if `name` is not allowed for an experiment or a sweep, which names a folder.
void check_folder_name(const std::string& name, Problems& problems);

/// Returns every key that has an effect in this config, with its value, as saved in run folders;
/// without "comment" and "$schema".
Json resolved(const Config& config);

/// Returns the shortest config that resolves to the same, without default values and keys without
/// effect. A comment is kept.
Json minimal(const Config& config);

/// Returns the resolved config of a run that an earlier version may have saved: keys that were
/// added since have their defaults, which reproduce the earlier behaviour. Returns `kept` unchanged
/// if it is not a valid config.
Json completed(const Json& kept);

}  // namespace ff::experiments
