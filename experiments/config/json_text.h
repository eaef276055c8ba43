// JSON text in, JSON value out; with line and column, and without accepting duplicate keys.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "experiments/config/problems.h"

namespace ff::experiments {

using Json = nlohmann::ordered_json;

/// Parses `text`. Throws ConfigError with line and column when it is not JSON, or is not an
/// object; adds a problem for each key that occurs twice.
Json parse_json(const std::string& text, const std::string& file, Problems& problems);

/// Reads and parses a file; a missing or unreadable one is a ConfigError.
Json read_json_file(const std::filesystem::path& path, Problems& problems);

/// Parses the VALUE of "a.b=VALUE": JSON, or else a bare word, which becomes a string. Throws
/// ConfigError, which begins with `where`, for a key that occurs twice.
Json parse_value(const std::string& text, const std::string& where);

/// Whether `text` has the form of a key, "a.b": words that are not empty, with dots between them.
bool is_dotted_path(const std::string& text);

/// "a.b" -> {"a", "b"}
std::vector<std::string> split_path(const std::string& dotted);

/// Puts `value` at "a.b", making the objects around it. Throws ConfigError that begins with `where`
/// when the key has another form, or a part of the path is not an object.
void set_path(Json& config, const std::string& dotted, Json value, const std::string& where);

/// "a.b" -> the value there, or nullptr.
const Json* find_path(const Json& config, const std::string& dotted);

/// Removes the value at "a.b", and the object around it when that leaves it empty.
void erase_path(Json& config, const std::string& dotted);

/// One line for each path at which two configs differ: "a.b: 1 here, 2 there".
std::vector<std::string> differences(const Json& here, const Json& there);

}  // namespace ff::experiments
