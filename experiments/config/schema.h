// The keys of a config: their JSON Schema and their help texts.
#pragma once

#include <string>
#include <vector>

#include "experiments/config/json_text.h"

namespace ff::experiments {

/// Returns the JSON Schema of a config file.
Json config_schema();

/// Returns the schema of the key or section "a.b"; nullptr if there is none.
const Json* schema_at(const std::string& dotted);

/// Returns why there is no key or section "a.b", with the nearest one; empty if there is one.
std::string unknown_key_problem(const std::string& dotted);

/// Path, default, allowed values and description of a key.
struct KeyHelp {
  std::string path;
  std::string default_value;
  std::string allowed;
  std::string help;
};
/// Returns the help of all keys.
std::vector<KeyHelp> config_keys();

}  // namespace ff::experiments
