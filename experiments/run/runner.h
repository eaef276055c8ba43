// Runs experiments: each config, each seed, into a run folder of its own.
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
  std::int64_t jobs = 0;  // runs at once; 0: as many as is best
  std::string command;
};

/// One config with one seed.
struct Run {
  Config config;  // its seeds hold this run's alone
  std::filesystem::path folder;
};

/// What makes the run this run and no other.
RunIdentity identity_of(const Run& run, const LoadedData& data, const RunSettings& settings);

/// A run for each seed of each config.
std::vector<Run> list_runs(const std::vector<Config>& configs, const RunSettings& settings);

/// Loads data sets, and keeps those that were used last for further runs.
class DataShelf {
 public:
  /// Beyond `most_bytes` of images only the set in use is kept.
  explicit DataShelf(const RunSettings& settings, std::int64_t most_bytes = 512 << 20)
      : settings_(settings), most_bytes_(most_bytes) {}

  /// The data of a config, on the settings' device, good until the next call or clear(). Throws
  /// when a set is missing or damaged.
  const LoadedData& get(const Config& config);

  void clear() { kept_.clear(); }
  std::size_t size() const { return kept_.size(); }

 private:
  struct Kept {
    std::string key;  // the dataset section, as JSON text
    std::unique_ptr<LoadedData> data;
  };

  void drop_old();

  const RunSettings& settings_;
  std::int64_t most_bytes_;
  std::vector<Kept> kept_;  // the last used first
};

/// Puts the network of a checkpoint into `learner`; std::runtime_error names the file when it is
/// damaged or another network's.
void load_model(const std::filesystem::path& checkpoint, Learner& learner);

/// Throws, before any work, what would stop the run: labels that do not fit the images, a folder
/// that holds another run. `resume` false: an unfinished run is such a reason too.
FolderState check_run(const Run& run, const LoadedData& data, const RunSettings& settings);

/// Trains, evaluates and prunes; everything it learns goes into the run folder. Throws Interrupted
/// with the position when asked to stop, after saving a checkpoint.
void execute(const Run& run, const LoadedData& data, const RunSettings& settings);

/// Where a run diverged that did so before, and what to do to have it run again.
std::string diverged_before(const Run& run);

}  // namespace ff::experiments
