// Changes to a config from outside its file: by --set on the command line, or by a sweep.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "experiments/config/json_text.h"

namespace ff::experiments {

struct Change {
  std::string key;            // "a.b"
  std::optional<Json> value;  // none: the key or section is removed, which is its default
  std::string source;         // what messages call it, "--set a.b=1"; empty: nothing
};

/// What is wrong with the form of "a.b=VALUE", with the right form; empty when it is right.
std::string assignment_problem(const std::string& assignment);

/// Reads the "a.b=VALUE" of --set: VALUE is JSON, or else a bare word that becomes a string; no
/// VALUE removes the key. Throws ConfigError when the form is wrong.
Change read_assignment(const std::string& assignment);
std::vector<Change> read_assignments(const std::vector<std::string>& assignments);

/// The changes that set the keys of `set`, {"a.b": VALUE}.
std::vector<Change> changes_of(const Json& set);

/// Applies them in order. Adds a problem where a key to be removed does not exist in any config;
/// throws ConfigError where a key lies inside a value that is no object.
void apply(Json& config, const std::vector<Change>& changes, Problems& problems);

}  // namespace ff::experiments
