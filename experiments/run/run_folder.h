// The folder of one run: it says everything about the run, and is never overwritten.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "experiments/checkpoint.h"
#include "experiments/config/json_text.h"

namespace ff::experiments {

/// What must agree for a run to be the same run: the config, and where and how it runs.
struct RunIdentity {
  Json config;       // resolved, with the one seed
  Json environment;  // of which device, threads, engine and data count
};

/// kShorter: the same run, finished or not, but of fewer epochs.
enum class FolderState { kNew, kUnfinished, kDone, kDiverged, kShorter };

/// What stands at `path`. Throws std::runtime_error when it is a run of another config or on other
/// data, or is not a run folder at all, naming the keys that differ and the cure.
FolderState folder_state(const std::filesystem::path& path, const RunIdentity& identity);

/// Throws std::runtime_error when another process writes to the run folder, if there is one.
void refuse_if_held(const std::filesystem::path& path);

/// A run folder that this process alone writes to.
class RunFolder {
 public:
  /// Makes the folder where there is none and locks it. Throws std::runtime_error when another
  /// process holds it or it cannot be written.
  explicit RunFolder(std::filesystem::path path);
  ~RunFolder();
  RunFolder(const RunFolder&) = delete;
  RunFolder& operator=(const RunFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path file(const std::string& name) const { return path_ / name; }

  /// Writes config.json and environment.json.
  void begin(const RunIdentity& identity) const;

  /// Makes a shorter run an unfinished one of this identity: removes DONE, then what is made at the
  /// end, and writes config.json last. Stopped in between, it is an unfinished shorter run.
  void lengthen(const RunIdentity& identity) const;

  void add_metrics(const Json& line) const;
  /// Cuts metrics.jsonl back to the lines of epochs up to `epoch`. Returns a warning when it has
  /// not a line for each of them; empty: it has.
  std::string cut_metrics(std::int64_t epoch) const;

  /// Adds a line to the list "warnings" of environment.json, once.
  void add_warning(const std::string& text) const;

  /// Writes checkpoint.pt, and checkpoint-000N.pt too when `epoch` is given.
  void save(const Checkpoint& checkpoint, std::optional<std::int64_t> epoch) const;

  /// Writes result.json, then DONE.
  void finish(const Json& result) const;
  /// Writes result.json, then DIVERGED: training came to no end, and would not if it went on.
  void diverge(const Json& result) const;

 private:
  std::filesystem::path path_;
  int lock_ = -1;
};

}  // namespace ff::experiments
