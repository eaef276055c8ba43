#include "experiments/run/run_folder.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <set>
#include <sstream>
#include <stdexcept>
#include <sys/file.h>
#include <unistd.h>

#include "experiments/config/config.h"
#include "experiments/files.h"
#include "experiments/run/extension.h"
#include "experiments/table/data_record.h"
#include "ff/core/find_choice.h"

namespace ff::experiments {
namespace {

namespace fs = std::filesystem;

Json read_own_json(const fs::path& path) {
  auto json = Json::parse(read_file(path), nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) {
    throw std::runtime_error(path.string() + ": is damaged; remove the run folder and run again");
  }
  return json;
}

Json comparable(const Json& environment) {
  Json part = Json::object();
  for (const auto* key : {"device", "threads", "engine"}) {
    if (environment.contains(key)) part[key] = environment[key];
  }
  return part;
}

// Returns true if the folder has no run. config.json is written last, so a folder without it is
// left over from a process killed during initialisation.
bool holds_nothing(const fs::path& path) {
  for (const auto& item : fs::directory_iterator(path)) {
    const auto name = item.path().filename().string();
    const bool left_over = name == ".lock" || name == "environment.json" ||
                           name.find(".json.tmp-") != std::string::npos;
    if (!left_over) return false;
  }
  return true;
}

// Removes temporary files left by a killed process. The caller must hold the lock.
void remove_half_written(const fs::path& path) {
  std::error_code ignored;
  for (const auto& item : fs::directory_iterator(path)) {
    const auto name = item.path().filename().string();
    if (name.find(".tmp-") != std::string::npos) fs::remove(item.path(), ignored);
  }
}

std::string name_of_epoch(std::int64_t epoch) {
  char name[40];
  std::snprintf(name, sizeof name, "checkpoint-%04lld.pt", static_cast<long long>(epoch));
  return name;
}

// Returns the epoch of a line of metrics.jsonl; std::nullopt if the line is damaged.
std::optional<std::int64_t> epoch_of(const std::string& line) {
  const auto json = Json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || !json.contains("epoch") || !json["epoch"].is_number_integer()) return {};
  return json["epoch"].get<std::int64_t>();
}

// Joins words, abbreviating a long list: "1, 2, 3 and 7 more".
std::string shortened(std::vector<std::string> words) {
  constexpr std::size_t kMost = 5;
  const auto more = words.size() > kMost ? words.size() - kMost : 0;
  words.resize(words.size() - more);
  return joined(words) + (more > 0 ? " and " + std::to_string(more) + " more" : "");
}

std::runtime_error held_by_another(const fs::path& path) {
  return std::runtime_error(
      path.string() +
      ": another ff process is writing this run; wait for it, or choose another --out");
}

}  // namespace

FolderState folder_state(const fs::path& path, const RunIdentity& identity) {
  std::error_code error;
  if (!fs::exists(path, error)) return FolderState::kNew;
  if (!fs::is_directory(path))
    throw std::runtime_error(path.string() + ": is not a folder; choose another --out");
  if (holds_nothing(path)) return FolderState::kNew;
  if (!fs::exists(path / "config.json") || !fs::exists(path / "environment.json")) {
    throw std::runtime_error(path.string() +
                             ": is not empty and not a run folder (no config.json, "
                             "environment.json); choose another --out");
  }
  const auto kept = completed(read_own_json(path / "config.json"));
  const auto before = read_own_json(path / "environment.json");
  auto lines = differences(identity.config, kept);
  const auto more = differences(comparable(identity.environment), comparable(before));
  const auto data = data_differences(identity.environment, before);
  if (more.empty() && data.empty() && is_extension(identity.config, kept) &&
      !fs::exists(path / "DIVERGED")) {
    return FolderState::kShorter;
  }
  lines.insert(lines.end(), more.begin(), more.end());
  if (lines.empty() && !data.empty()) {
    throw std::runtime_error(path.string() + ": holds a run on other data: " + joined(data) +
                             "; choose another --out or name, remove the folder, or pass the data "
                             "of that run with --data-root");
  }
  for (const auto& line : data) lines.push_back("data." + line);
  if (!lines.empty()) {
    throw std::runtime_error(path.string() + ": holds a run that differs in " + joined(lines) +
                             "; choose another --out or name, or remove the folder");
  }
  if (fs::exists(path / "DIVERGED")) return FolderState::kDiverged;
  return fs::exists(path / "DONE") ? FolderState::kDone : FolderState::kUnfinished;
}

void refuse_if_held(const fs::path& path) {
  const int lock = open((path / ".lock").c_str(), O_RDWR | O_CLOEXEC);
  if (lock < 0) return;
  const bool held = flock(lock, LOCK_EX | LOCK_NB) != 0;
  close(lock);
  if (held) throw held_by_another(path);
}

RunFolder::RunFolder(fs::path path) : path_(std::move(path)) {
  if (const auto error = make_folders(path_)) {
    throw std::runtime_error(path_.string() + ": cannot be created: " + error.message() +
                             "; choose another --out");
  }
  const auto file = path_ / ".lock";
  lock_ = open(file.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0666);
  if (lock_ < 0) {
    throw std::runtime_error(file.string() + ": cannot be written: " + std::strerror(errno) +
                             "; choose another --out");
  }
  if (flock(lock_, LOCK_EX | LOCK_NB) != 0) {
    close(lock_);
    throw held_by_another(path_);
  }
  remove_half_written(path_);
}

RunFolder::~RunFolder() {
  if (lock_ >= 0) close(lock_);
}

void RunFolder::begin(const RunIdentity& identity) const {
  try {
    write_file(file("environment.json"), identity.environment.dump(2) + "\n");
    write_file(file("config.json"), identity.config.dump(2) + "\n");
  } catch (...) {
    std::error_code ignored;
    fs::remove(file("environment.json"), ignored);
    throw;
  }
}

void RunFolder::extend(const RunIdentity& identity) const {
  for (const auto* name : {"DONE", "result.json", "predictions.pt"}) fs::remove(file(name));
  write_file(file("config.json"), identity.config.dump(2) + "\n");
}

void RunFolder::add_metrics(const Json& line) const {
  append_line(file("metrics.jsonl"), line.dump());
}

std::string RunFolder::cut_metrics(std::int64_t epoch) const {
  const auto metrics = file("metrics.jsonl");
  std::set<std::int64_t> epochs;
  if (fs::exists(metrics)) {
    std::istringstream lines(read_file(metrics));
    std::string kept;
    for (std::string line; std::getline(lines, line);) {
      const auto of = epoch_of(line);
      if (!of || *of > epoch || !epochs.insert(*of).second) continue;
      kept += line + "\n";
    }
    write_file(metrics, kept);
  }
  std::vector<std::string> missing;
  for (std::int64_t e = 1; e <= epoch; ++e) {
    if (!epochs.contains(e)) missing.push_back(std::to_string(e));
  }
  if (missing.empty()) return {};
  return metrics.string() + ": has no line for epochs " + shortened(missing) + " of the " +
         std::to_string(epoch) + " up to the checkpoint; continuing, these lines stay missing";
}

void RunFolder::add_warning(const std::string& text) const {
  auto environment = read_own_json(file("environment.json"));
  auto& warnings = environment["warnings"];
  if (!warnings.is_array()) warnings = Json::array();
  if (std::find(warnings.begin(), warnings.end(), text) != warnings.end()) return;
  warnings.push_back(text);
  write_file(file("environment.json"), environment.dump(2) + "\n");
}

void RunFolder::save(const Checkpoint& checkpoint, std::optional<std::int64_t> epoch) const {
  // Writes the checkpoint of the epoch first: training resumes from checkpoint.pt and does not
  // write earlier epochs again.
  if (epoch) save_checkpoint(file(name_of_epoch(*epoch)), checkpoint);
  save_checkpoint(file("checkpoint.pt"), checkpoint);
}

void RunFolder::finish(const Json& result) const {
  write_file(file("result.json"), result.dump(2) + "\n");
  write_file(file("DONE"), "");
}

void RunFolder::diverge(const Json& result) const {
  write_file(file("result.json"), result.dump(2) + "\n");
  write_file(file("DIVERGED"), "");
}

}  // namespace ff::experiments
