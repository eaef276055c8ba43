#include "experiments/records/line_reader.h"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

#include "experiments/config/reader.h"
#include "ff/core/find_choice.h"

namespace ff::experiments {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::pair<const char*, RunStatus>, 3> kStatuses = {
    {{"done", RunStatus::kDone},
     {"diverged", RunStatus::kDiverged},
     {"unfinished", RunStatus::kUnfinished}}};

std::vector<std::string> keys_of(const Json& object) {
  std::vector<std::string> keys;
  for (const auto& item : object.items()) keys.push_back(item.key());
  return keys;
}

// Returns true if a relative path has no "..": unpacking must not write outside its target folder.
bool stays_below(const fs::path& folder) {
  return !folder.empty() && folder.is_relative() &&
         std::find(folder.begin(), folder.end(), "..") == folder.end();
}

}  // namespace

std::string status_name(RunStatus status) {
  for (const auto& [name, known] : kStatuses) {
    if (known == status) return name;
  }
  throw std::logic_error("a status without a name");
}

std::string default_folder(const Json& line) {
  return line.at("name").get<std::string>() + "/seed-" +
         std::to_string(line.at("seed").get<std::int64_t>());
}

void LineReader::fail(const std::string& problem) const {
  throw std::runtime_error(file_.string() + ": line " + std::to_string(number_) + ": " + problem);
}

Json LineReader::parse(const std::string& text) const {
  Problems problems(file_.string() + ": line " + std::to_string(number_));
  try {
    auto line = parse_json(text, problems.file(), problems);
    problems.throw_if_any();
    return line;
  } catch (const ConfigError& error) {
    std::string what = error.what();
    const std::string within =
        // the JSON parser's line number is always 1, as the text is a single line; omit it
        "at line 1, ";
    const auto found = what.find(within);
    if (found != std::string::npos) what.replace(found, within.size(), "at ");
    throw std::runtime_error(what.substr(0, what.find('\n')));
  }
}

void LineReader::check_keys(const Json& line, const std::vector<std::string>& allowed) const {
  for (const auto& key : keys_of(line)) {
    if (std::find(allowed.begin(), allowed.end(), key) != allowed.end()) continue;
    fail("unknown key '" + key + "'; allowed: " + joined(allowed));
  }
}

const Json& LineReader::object_at(const Json& line, const char* key) const {
  const auto found = line.find(key);
  if (found == line.end() || !found->is_object())
    fail(std::string(key) + ": expected an object {...}");
  return *found;
}

void LineReader::read(const std::string& text) {
  ++number_;
  const auto line = parse(text);
  if (number_ == 1 && !line.contains(kFirstKey)) {
    fail("a record file begins with {\"" + std::string(kFirstKey) +
         "\": " + std::to_string(kRecordVersion) + ", ...}; make one with 'ff records pack'");
  }
  if (line.contains(kFirstKey)) return read_first(line);
  if (line.contains("choice")) return read_choice(line);
  read_run(line);
}

void LineReader::read_first(const Json& line) {
  check_keys(line, {kFirstKey, "environments"});
  if (line.at(kFirstKey) != kRecordVersion) {
    fail(std::string(kFirstKey) + ": version " + shown(line.at(kFirstKey)) +
         "; this program reads " + std::to_string(kRecordVersion));
  }
  environments_ = object_at(line, "environments");
  for (const auto& item : environments_.items()) {
    if (!item.value().is_object())
      fail("environments." + item.key() + ": expected an object {...}");
  }
}

void LineReader::read_choice(const Json& line) {
  check_keys(line, {"choice", "folder"});
  const auto folder = line.contains("folder") ? folder_of(line, "") : fs::path();
  object_at(object_at(line, "choice"), "chosen");
  refuse_second(folder / "choice.json");
  found_.choices.push_back({folder.empty() ? file_ : file_ / folder, line.at("choice")});
}

void LineReader::read_run(const Json& line) {
  check_keys(line,
             {"name", "seed", "folder", "status", "environment", "config", "result", "metrics"});
  if (!line.value("name", Json()).is_string()) fail("name: expected a string");
  if (!line.value("seed", Json()).is_number_integer()) fail("seed: expected a whole number");
  const auto status = status_of(line);
  check_result(line, status);
  const auto folder = folder_of(line, default_folder(line));
  refuse_second(folder);
  found_.runs.push_back({file_ / folder,
                         object_at(line, "config"),
                         environment_of(line),
                         line.value("result", Json::object()),
                         metrics_of(line),
                         status});
}

fs::path LineReader::folder_of(const Json& line, const std::string& otherwise) const {
  const auto text = line.value("folder", Json(otherwise));
  const auto folder =
      text.is_string() ? fs::path(text.get<std::string>()).lexically_normal() : fs::path();
  if (!stays_below(folder)) {
    fail("folder: expected a relative path such as NAME/seed-0, without '..', not " + shown(text));
  }
  return folder;
}

RunStatus LineReader::status_of(const Json& line) const {
  const auto status = line.value("status", Json());
  for (const auto& [name, known] : kStatuses) {
    if (status == name) return known;
  }
  fail("status: expected \"done\", \"diverged\" or \"unfinished\", not " + shown(status));
}

Json LineReader::environment_of(const Json& line) const {
  const auto environment = line.value("environment", Json());
  if (environment.is_object()) return environment;
  if (!environment.is_string()) {
    fail("environment: expected an object {...}, or the name of one in \"environments\" above");
  }
  const auto name = environment.get<std::string>();
  if (environments_.contains(name)) return environments_[name];
  fail("environment: no \"" + name +
       "\" in \"environments\" above; allowed: " + joined(keys_of(environments_)));
}

std::vector<Json> LineReader::metrics_of(const Json& line) const {
  const auto metrics = line.value("metrics", Json());
  if (!metrics.is_array()) fail("metrics: expected a list with an object for each epoch");
  for (size_t i = 0; i < metrics.size(); ++i) {
    if (!metrics[i].is_object() || !metrics[i].value("epoch", Json()).is_number_integer()) {
      fail("metrics[" + std::to_string(i) +
           "]: expected a JSON object with a whole number \"epoch\"");
    }
  }
  return metrics.get<std::vector<Json>>();
}

void LineReader::check_result(const Json& line, RunStatus status) const {
  if (!line.contains("result") && status == RunStatus::kUnfinished) return;
  const auto& result = object_at(line, "result");
  for (const auto* key : {"name", "seed"}) {
    if (result.value(key, Json()) == line.at(key)) continue;
    fail("result." + std::string(key) + ": " + shown(result.value(key, Json())) + ", where " + key +
         " is " + shown(line.at(key)));
  }
  const bool diverged = result.contains("diverged");
  if (status == RunStatus::kUnfinished || diverged == (status == RunStatus::kDiverged)) return;
  fail("status: " + shown(line.at("status")) + ", where result " +
       (diverged ? "says that the run diverged" : "does not say where the run diverged"));
}

void LineReader::refuse_second(const fs::path& folder) {
  const auto [first, is_new] = lines_.try_emplace(folder.generic_string(), number_);
  if (!is_new) {
    fail(folder.generic_string() + ": in line " + std::to_string(first->second) + " too; keep one");
  }
}

RecordFile LineReader::finish() {
  if (number_ == 0) read("{}");  // an empty file: report the missing header line
  if (found_.runs.empty() && found_.choices.empty()) fail("no run follows");
  return std::move(found_);
}

}  // namespace ff::experiments
