#include "experiments/config/json_text.h"

#include <fstream>
#include <set>
#include <sstream>

namespace ff::experiments {
namespace {

constexpr int kDeepest = 100;  // limits the recursion of dump() and operator==

// Parser callback that reports duplicate keys of objects.
class DuplicateWatch {
 public:
  explicit DuplicateWatch(Problems& problems) : problems_(problems) {}

  bool operator()(int depth, Json::parse_event_t event, const Json& parsed) {
    using Event = Json::parse_event_t;
    if (depth > kDeepest) {
      throw ConfigError(problems_.file() + ": values nested more than " + std::to_string(kDeepest) +
                        " levels deep; no key needs that");
    }
    if (event == Event::object_start) {
      seen_.emplace_back();
    } else if (event == Event::object_end) {
      seen_.pop_back();
      path_.resize(std::min(path_.size(), seen_.size()));
    } else if (event == Event::key) {
      path_.resize(seen_.size());
      path_.back() = parsed.get<std::string>();
      if (!seen_.back().insert(path_.back()).second) {
        problems_.add(dotted(), "the key occurs twice; keep one");
      }
    }
    return true;
  }

 private:
  std::string dotted() const {
    std::string text;
    for (const auto& part : path_) text += (text.empty() ? "" : ".") + part;
    return text;
  }

  Problems& problems_;
  std::vector<std::set<std::string>> seen_;
  std::vector<std::string> path_;
};

// Removes the tag of nlohmann's message: "[json.exception.parse_error.101] parse error at line 3,
// column 5: ...".
std::string without_tag(const std::string& what) {
  const auto end = what.find("] ");
  return end == std::string::npos ? what : what.substr(end + 2);
}

void compare_values(const Json* here,
                    const Json* there,
                    const std::string& path,
                    std::vector<std::string>& lines) {
  if (here && there && here->is_object() && there->is_object()) {
    std::set<std::string> keys;
    for (const auto& item : here->items()) keys.insert(item.key());
    for (const auto& item : there->items()) keys.insert(item.key());
    const auto child = [](const Json& json, const std::string& key) {
      const auto found = json.find(key);
      return found == json.end() ? nullptr : &*found;
    };
    for (const auto& key : keys) {
      compare_values(
          child(*here, key), child(*there, key), path.empty() ? key : path + "." + key, lines);
    }
    return;
  }
  if (here && there && *here == *there) return;
  const auto text = [](const Json* json) { return json ? json->dump() : std::string("absent"); };
  lines.push_back(path + ": " + text(here) + " here, " + text(there) + " there");
}

}  // namespace

Json parse_json(const std::string& text, const std::string& file, Problems& problems) {
  try {
    auto json = Json::parse(text, DuplicateWatch(problems));
    if (!json.is_object()) {
      throw ConfigError(file + ": expected a JSON object {...}, got " + json.type_name());
    }
    return json;
  } catch (const Json::exception& error) {
    throw ConfigError(file + ": not JSON: " + printable(without_tag(error.what()), 300));
  }
}

Json read_json_file(const std::filesystem::path& path, Problems& problems) {
  if (std::filesystem::is_directory(path)) {
    throw ConfigError(path.string() + ": is a folder; name a JSON file in it");
  }
  std::ifstream stream(path, std::ios::binary);
  if (!stream) throw ConfigError(path.string() + ": no such file, or it cannot be read");
  std::ostringstream text;
  text << stream.rdbuf();
  return parse_json(text.str(), path.string(), problems);
}

Json parse_value(const std::string& text, const std::string& where) {
  Problems problems(where);
  auto value = Json::parse(text, DuplicateWatch(problems), /*allow_exceptions=*/false);
  problems.throw_if_any();
  return value.is_discarded() ? Json(text) : value;
}

bool is_dotted_path(const std::string& text) {
  return !text.empty() && text.front() != '.' && text.back() != '.' &&
         text.find("..") == std::string::npos;
}

std::vector<std::string> split_path(const std::string& dotted) {
  std::vector<std::string> parts;
  std::istringstream stream(dotted);
  for (std::string part; std::getline(stream, part, '.');) parts.push_back(part);
  return parts;
}

void set_path(Json& config, const std::string& dotted, Json value, const std::string& where) {
  if (!is_dotted_path(dotted)) {
    throw ConfigError(where + ": '" + dotted +
                      "' is not a valid key; expected a.b, such as optimizer.learning_rate");
  }
  Json* at = &config;
  for (const auto& part : split_path(dotted)) {
    if (at->is_null()) *at = Json::object();
    if (!at->is_object()) {
      throw ConfigError(where + ": '" + part + "' is inside a value that is not an object");
    }
    at = &(*at)[part];
  }
  *at = std::move(value);
}

const Json* find_path(const Json& config, const std::string& dotted) {
  const Json* at = &config;
  for (const auto& part : split_path(dotted)) {
    if (!at->is_object()) return nullptr;
    const auto found = at->find(part);
    if (found == at->end()) return nullptr;
    at = &*found;
  }
  return at;
}

void erase_path(Json& config, const std::string& dotted) {
  const auto parts = split_path(dotted);
  if (parts.size() == 1) {
    config.erase(parts[0]);
    return;
  }
  const auto outer = config.find(parts[0]);
  if (outer == config.end() || !outer->is_object()) return;
  erase_path(*outer, dotted.substr(parts[0].size() + 1));
  if (outer->empty()) config.erase(parts[0]);
}

std::vector<std::string> differences(const Json& here, const Json& there) {
  std::vector<std::string> lines;
  compare_values(&here, &there, "", lines);
  return lines;
}

}  // namespace ff::experiments
