// A config file, checked and complete.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "experiments/config/changes.h"
#include "experiments/config/options.h"
#include "experiments/config/schema.h"

namespace ff::experiments {

/// Reads a config file, applies the `--set` assignments, and checks everything that can be checked
/// without the data. Throws ConfigError with a line for each problem. A key that has no effect is
/// one, but for a key of the file that is at its default and lost its effect by the assignments.
Config load_config(const std::filesystem::path& path, const std::vector<std::string>& assignments);

/// The same from a JSON value; `file` is what messages call it.
Config config_from(const Json& json,
                   const std::string& file,
                   const std::vector<Change>& changes = {});

/// Adds a problem where `name` cannot be that of an experiment or a sweep, and so of a folder.
void check_folder_name(const std::string& name, Problems& problems);

/// Every key that has an effect under this config, with its value: what a run folder keeps.
/// "comment" and "$schema" have none.
Json resolved(const Config& config);

/// The shortest config that resolves to the same: what has no effect or is default is left out. A
/// comment stays.
Json minimal(const Config& config);

/// The resolved config of a run that an earlier version may have kept: the keys that came later
/// stand at their defaults, which do what the program did then. Unchanged where it is no config.
Json completed(const Json& kept);

}  // namespace ff::experiments
