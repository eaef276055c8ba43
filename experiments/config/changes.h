// Changes to a config, by --set on the command line or by a sweep.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "experiments/config/json_text.h"

namespace ff::experiments {

struct Change {
  std::string key;            // dotted path "a.b"
  std::optional<Json> value;  // nullopt: remove the key or section, so that it has its default
  std::string source;         // name in messages, "--set a.b=1"; empty: none
};

/// Returns what is wrong with the form of "a.b=VALUE", and the expected form; empty if nothing is.
std::string assignment_problem(const std::string& assignment);

/// Parses the "a.b=VALUE" of --set: VALUE is JSON, or else a bare word, which becomes a string; an
/// empty VALUE removes the key. Throws ConfigError if the form is wrong.
Change read_assignment(const std::string& assignment);
std::vector<Change> read_assignments(const std::vector<std::string>& assignments);

/// Returns the changes that set the keys of `set`, {"a.b": VALUE}.
std::vector<Change> changes_of(const Json& set);

/// Applies the changes in order. Adds a problem for a key to be removed that no config has; throws
/// ConfigError for a key inside a value that is not an object.
void apply(Json& config, const std::vector<Change>& changes, Problems& problems);

}  // namespace ff::experiments
