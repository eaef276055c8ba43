// Folder of one run: a complete record of the run, never overwritten by another one.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "experiments/checkpoint.h"
#include "experiments/config/json_text.h"

namespace ff::experiments {

/// Identity of a run: its config and the hardware, software and data it uses.
struct RunIdentity {
  Json config;       // resolved config with a single seed
  Json environment;  // of which device, threads, engine and data are compared
};

/// kShorter: the same run with fewer epochs, finished or not.
enum class FolderState { kNew, kUnfinished, kDone, kDiverged, kShorter };

/// Returns the state of the run at `path`. Throws std::runtime_error, with the differing keys and a
/// remedy, if it is a run with another config or data, or not a run folder.
FolderState folder_state(const std::filesystem::path& path, const RunIdentity& identity);

/// Throws std::runtime_error if another process holds the lock of the run folder; no effect if the
/// folder does not exist.
void refuse_if_held(const std::filesystem::path& path);

/// A run folder locked by this process.
class RunFolder {
 public:
  /// Creates the folder if needed and locks it. Throws std::runtime_error if another process holds
  /// the lock or the folder is not writable.
  explicit RunFolder(std::filesystem::path path);
  ~RunFolder();
  RunFolder(const RunFolder&) = delete;
  RunFolder& operator=(const RunFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path file(const std::string& name) const { return path_ / name; }

  /// Writes environment.json and config.json.
  void begin(const RunIdentity& identity) const;

  /// Turns a shorter run into an unfinished run with this identity: removes DONE, then the final
  /// results, and writes config.json last. If interrupted in between, the folder is an unfinished
  /// shorter run.
  void extend(const RunIdentity& identity) const;

  void add_metrics(const Json& line) const;
  /// Truncates metrics.jsonl to the lines up to `epoch`. Returns a warning if lines are missing,
  /// else an empty string.
  std::string cut_metrics(std::int64_t epoch) const;

  /// Adds a line to "warnings" of environment.json, unless it is already there.
  void add_warning(const std::string& text) const;

  /// Writes checkpoint.pt, and also checkpoint-000N.pt if `epoch` is given.
  void save(const Checkpoint& checkpoint, std::optional<std::int64_t> epoch) const;

  /// Writes result.json, then DONE.
  void finish(const Json& result) const;
  /// Writes result.json, then DIVERGED. A diverged run is not resumed: it would diverge again.
  void diverge(const Json& result) const;

 private:
  std::filesystem::path path_;
  int lock_ = -1;
};

}  // namespace ff::experiments
