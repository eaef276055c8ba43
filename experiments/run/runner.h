// Execution of experiments: each combination of config and seed in a separate run folder.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "experiments/config/config.h"
#include "experiments/data/load.h"
#include "experiments/run/run_folder.h"
#include "ff/learn/learner.h"

namespace ff::experiments {

struct RunSettings {
  std::filesystem::path out = "runs";
  std::optional<std::string> data_root;
  at::Device device = at::kCPU;
  bool resume = false;
  bool quiet = false;
  std::int64_t jobs = 0;  // concurrent runs; 0: automatic
  std::string command;
};

/// One config with one seed.
struct Run {
  Config config;  // `seeds` contains the seed of this run only
  std::filesystem::path folder;
};

/// Returns the identity of the run, compared with the content of its folder.
RunIdentity identity_of(const Run& run, const LoadedData& data, const RunSettings& settings);

/// Returns one run per config and seed.
std::vector<Run> list_runs(const std::vector<Config>& configs, const RunSettings& settings);

/// Loads data sets and caches the most recently used ones.
class DatasetCache {
 public:
  /// If the images exceed `most_bytes`, only the data set in use is kept.
  explicit DatasetCache(const RunSettings& settings, std::int64_t most_bytes = 512 << 20)
      : settings_(settings), most_bytes_(most_bytes) {}

  /// Returns the data of a config on the device of the settings, valid until the next call of get()
  /// or clear(). Throws if a data set is missing or damaged.
  const LoadedData& get(const Config& config);

  void clear() { entries_.clear(); }
  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    std::string key;  // "dataset" section of the config as JSON text
    std::unique_ptr<LoadedData> data;
  };

  void evict();

  const RunSettings& settings_;
  std::int64_t most_bytes_;
  std::vector<Entry> entries_;  // most recently used first
};

/// Loads the weights of a checkpoint into `learner`. Throws std::runtime_error with the file name
/// if it is damaged or of another network.
void load_model(const std::filesystem::path& checkpoint, Learner& learner);

/// Throws if the run cannot start: labels that do not fit the images, a folder with another run,
/// or, if `resume` is false, an unfinished run.
FolderState check_run(const Run& run, const LoadedData& data, const RunSettings& settings);

/// Trains, evaluates and prunes, and writes the results to the run folder. On a stop request, saves
/// a checkpoint and throws Interrupted with the position.
void execute(const Run& run, const LoadedData& data, const RunSettings& settings);

/// Returns the error message for a run that has diverged before, with the remedy.
std::string diverged_before(const Run& run);

}  // namespace ff::experiments
