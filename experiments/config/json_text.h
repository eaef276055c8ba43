// Parsing of JSON with line and column in errors and duplicate keys rejected; access by dotted
// paths.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "experiments/config/problems.h"

namespace ff::experiments {

using Json = nlohmann::ordered_json;

/// Parses `text`. Throws ConfigError with line and column if it is not JSON or not an object; adds
/// a problem for each duplicate key.
Json parse_json(const std::string& text, const std::string& file, Problems& problems);

/// Reads and parses a file. Throws ConfigError if it is missing or unreadable, or as parse_json().
Json read_json_file(const std::filesystem::path& path, Problems& problems);

/// Parses the VALUE of "a.b=VALUE": JSON, or else a bare word, which becomes a string. Throws
/// ConfigError, starting with `where`, for a duplicate key.
Json parse_value(const std::string& text, const std::string& where);

/// Returns whether `text` is a dotted path, "a.b": non-empty words separated by dots.
bool is_dotted_path(const std::string& text);

/// "a.b" -> {"a", "b"}
std::vector<std::string> split_path(const std::string& dotted);

/// Sets the value at "a.b", creating the objects on the path. Throws ConfigError, starting with
/// `where`, if the path is malformed or leads through a value that is not an object.
void set_path(Json& config, const std::string& dotted, Json value, const std::string& where);

/// Returns the value at "a.b", or nullptr if there is none.
const Json* find_path(const Json& config, const std::string& dotted);

/// Removes the value at "a.b", and objects on the path that become empty.
void erase_path(Json& config, const std::string& dotted);

/// Returns one line for each path at which two configs differ: "a.b: 1 here, 2 there".
std::vector<std::string> differences(const Json& here, const Json& there);

}  // namespace ff::experiments
