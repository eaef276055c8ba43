// What keys there are: the JSON Schema of a config, and each key's help.
#pragma once

#include <string>
#include <vector>

#include "experiments/config/json_text.h"

namespace ff::experiments {

/// The JSON Schema of a config file.
Json config_schema();

/// The part of it at the key or section "a.b"; null where there is no such key.
const Json* schema_at(const std::string& dotted);

/// Why there is no key or section "a.b", with the nearest one; empty where there is one.
std::string unknown_key_problem(const std::string& dotted);

/// A line for each key: its path, its default and what it means.
struct KeyHelp {
  std::string path;
  std::string default_value;
  std::string allowed;
  std::string help;
};
std::vector<KeyHelp> config_keys();

}  // namespace ff::experiments
